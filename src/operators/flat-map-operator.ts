import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorFactory, OperatorInput } from '../base/operator.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import type { Collector } from './functions/collector.ts';
import type { FlatMapFunction } from './functions/flat-map-function.ts';
import { rejectUnusedResult } from './unused-result.ts';
import { UserFunctionOperator } from './user-function-operator.ts';

export function flatMapOperator<In, Out>(fn: FlatMapFunction<In, Out>): OperatorFactory {
  return { kind: 'flat-map', states: [], isStateful: false, create: () => new FlatMapOperator(fn) };
}

class FlatMapOperator<In, Out> extends UserFunctionOperator<Out> implements OperatorInput {
  readonly #flatMap: (value: In, out: Collector<Out>) => unknown;

  constructor(fn: FlatMapFunction<In, Out>) {
    super(fn);
    this.#flatMap = typeof fn === 'function' ? fn : (value, out) => fn.flatMap(value, out);
  }

  override input(): OperatorInput {
    return this;
  }

  processElement(value: In, timestampMs: EventTimeMs): void {
    if (this.checkMutation) freezeValue(value);
    this.collector.timestampMs = timestampMs;
    const result = this.#flatMap(value, this.collector);
    if (result !== undefined) rejectUnusedResult(result, 'flatMap', this.operatorName);
  }
}
