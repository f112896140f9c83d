import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorFactory, OperatorInput } from '../base/operator.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import type { MapFunction } from './functions/map-function.ts';
import { isPromise, promiseNotAllowed } from './promise-check.ts';
import { UserFunctionOperator } from './user-function-operator.ts';

export function mapOperator<In, Out>(fn: MapFunction<In, Out>): OperatorFactory {
  return { kind: 'map', states: [], isStateful: false, create: () => new MapOperator(fn) };
}

class MapOperator<In, Out> extends UserFunctionOperator<Out> implements OperatorInput {
  readonly #map: (value: In) => Out;

  constructor(fn: MapFunction<In, Out>) {
    super(fn);
    this.#map = typeof fn === 'function' ? fn : (value) => fn.map(value);
  }

  override input(): OperatorInput {
    return this;
  }

  processElement(value: In, timestampMs: EventTimeMs): void {
    if (this.checkMutation) freezeValue(value);
    const result = this.#map(value);
    if (isPromise(result)) throw promiseNotAllowed(result, 'map', this.operatorName);
    if (this.checkMutation) freezeValue(result);
    this.output.collect(result, timestampMs);
  }
}
