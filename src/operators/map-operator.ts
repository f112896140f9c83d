import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorFactory, OperatorInput, RecordStep } from '../base/operator.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import type { MapFunction } from './functions/map-function.ts';
import { isPromise, promiseNotAllowed } from './promise-check.ts';
import { UserFunctionOperator } from './user-function-operator.ts';

export function mapOperator<In, Out>(fn: MapFunction<In, Out>): OperatorFactory {
  return { kind: 'map', states: [], isStateful: false, create: () => new MapOperator(fn) };
}

class MapOperator<In, Out> extends UserFunctionOperator<Out> implements OperatorInput {
  readonly recordStep: RecordStep;
  readonly #map: (value: In) => Out;

  constructor(fn: MapFunction<In, Out>) {
    super(fn);
    const map = typeof fn === 'function' ? fn : (value: In) => fn.map(value);
    this.#map = map;
    this.recordStep = {
      kind: 'map',
      // The function itself, not a wrapper that all maps of a thread would share; the graph sends it what it takes.
      call: map as (value: unknown) => unknown,
      checkResult: (result) => this.#checkResult(result),
    };
  }

  override input(): OperatorInput {
    return this;
  }

  processElement(value: In, timestampMs: EventTimeMs): void {
    if (this.checkMutation) freezeValue(value);
    const result = this.#map(value);
    this.#checkResult(result);
    if (this.checkMutation) freezeValue(result);
    this.output.collect(result, timestampMs);
  }

  #checkResult(result: unknown): void {
    if (isPromise(result)) throw promiseNotAllowed(result, 'map', this.operatorName);
  }
}
