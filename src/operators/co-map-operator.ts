import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorFactory, OperatorInput } from '../base/operator.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import type { CoMapFunction } from './functions/co-map-function.ts';
import { isPromise, promiseNotAllowed } from './promise-check.ts';
import { inputOf } from './two-inputs.ts';
import type { TwoInputOperator } from './two-inputs.ts';
import { UserFunctionOperator } from './user-function-operator.ts';

export function coMapOperator<In1, In2, Out>(fn: CoMapFunction<In1, In2, Out>): OperatorFactory {
  return { kind: 'co-map', states: [], isStateful: false, create: () => new CoMapOperator(fn) };
}

class CoMapOperator<In1, In2, Out> extends UserFunctionOperator<Out> implements TwoInputOperator<In1, In2> {
  readonly #function: CoMapFunction<In1, In2, Out>;

  constructor(fn: CoMapFunction<In1, In2, Out>) {
    super(fn);
    this.#function = fn;
  }

  override input(index: number): OperatorInput {
    return inputOf(this, index);
  }

  processElement1(value: In1, timestampMs: EventTimeMs): void {
    if (this.checkMutation) freezeValue(value);
    this.#emit(this.#function.map1(value), timestampMs, 'map1');
  }

  processElement2(value: In2, timestampMs: EventTimeMs): void {
    if (this.checkMutation) freezeValue(value);
    this.#emit(this.#function.map2(value), timestampMs, 'map2');
  }

  #emit(result: Out, timestampMs: EventTimeMs, functionName: string): void {
    if (isPromise(result)) throw promiseNotAllowed(result, functionName, this.operatorName);
    if (this.checkMutation) freezeValue(result);
    this.output.collect(result, timestampMs);
  }
}
