import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorFactory, OperatorInput } from '../base/operator.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import type { CoFlatMapFunction } from './functions/co-flat-map-function.ts';
import { inputOf } from './two-inputs.ts';
import type { TwoInputOperator } from './two-inputs.ts';
import { rejectUnusedResult } from './unused-result.ts';
import { UserFunctionOperator } from './user-function-operator.ts';

export function coFlatMapOperator<In1, In2, Out>(fn: CoFlatMapFunction<In1, In2, Out>): OperatorFactory {
  return { kind: 'co-flat-map', states: [], isStateful: false, create: () => new CoFlatMapOperator(fn) };
}

class CoFlatMapOperator<In1, In2, Out> extends UserFunctionOperator<Out> implements TwoInputOperator<In1, In2> {
  readonly #function: CoFlatMapFunction<In1, In2, Out>;

  constructor(fn: CoFlatMapFunction<In1, In2, Out>) {
    super(fn);
    this.#function = fn;
  }

  override input(index: number): OperatorInput {
    return inputOf(this, index);
  }

  processElement1(value: In1, timestampMs: EventTimeMs): void {
    if (this.checkMutation) freezeValue(value);
    this.collector.timestampMs = timestampMs;
    const result: unknown = this.#function.flatMap1(value, this.collector);
    if (result !== undefined) rejectUnusedResult(result, 'flatMap1', this.operatorName);
  }

  processElement2(value: In2, timestampMs: EventTimeMs): void {
    if (this.checkMutation) freezeValue(value);
    this.collector.timestampMs = timestampMs;
    const result: unknown = this.#function.flatMap2(value, this.collector);
    if (result !== undefined) rejectUnusedResult(result, 'flatMap2', this.operatorName);
  }
}
