/**
 * Folds values into an accumulator and turns it into a result. Accumulators are plain data of the value domain (they are state);
 * `add` may change the one it is given and return it. Synchronous and without a life cycle, so one object may serve many operators.
 */
export interface AggregateFunction<In, Acc, Out> {
  createAccumulator(): Acc;
  add(value: In, accumulator: Acc): Acc;
  getResult(accumulator: Acc): Out;
  /** Needed by windows that merge (sessions) only. */
  merge?(a: Acc, b: Acc): Acc;
}
