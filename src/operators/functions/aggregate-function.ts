import type { StateAggregateFunction } from '../../state/descriptors/aggregating-state.ts';

/**
 * Folds values into an accumulator and turns it into a result. Accumulators are plain data of the value domain (they are state);
 * `add` may change the one it is given and return it. Synchronous and without a life cycle, so one object may serve many operators.
 */
export type AggregateFunction<In, Acc, Out> = StateAggregateFunction<In, Acc, Out>;
