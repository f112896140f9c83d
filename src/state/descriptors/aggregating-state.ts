import type { KeyedStateBackend, StateTable } from '../../base/keyed-state.ts';
import { copyValue } from '../../codec/copy-value.ts';
import { DeclaredState } from './state-declaration.ts';
import { refusePromise } from './refuse-promise.ts';

/** How an aggregating state accumulates. Functions are synchronous. */
export interface StateAggregateFunction<In, Acc, Out> {
  createAccumulator(): Acc;
  /** May change and return the accumulator. */
  add(value: In, accumulator: Acc): Acc;
  getResult(accumulator: Acc): Out;
  /**
   * Both in one. Windows that merge (sessions) need it, and with it overlapping windows share what they have in common. May change and
   * return either: nobody uses them afterwards.
   */
  merge?(a: Acc, b: Acc): Acc;
}

/** For each key, all values added to it, aggregated. */
export class AggregatingState<In, Acc, Out> extends DeclaredState<StateTable> {
  readonly #aggregate: StateAggregateFunction<In, Acc, Out>;

  constructor(name: string, aggregate: StateAggregateFunction<In, Acc, Out>) {
    super({ name, kind: 'aggregating' });
    this.#aggregate = aggregate;
  }

  /** Undefined when nothing was added. A copy: it shares nothing with the accumulator, which goes on changing. */
  get(): Out | undefined {
    const accumulator = this.#held();
    if (accumulator === undefined) return undefined;
    const result = this.#aggregate.getResult(accumulator);
    refusePromise(result, `getResult of state '${this.info.name}'`);
    return typeof result === 'object' ? copyValue(result) : result;
  }

  /** Throws STATE_VALUE_INVALID for an undefined accumulator, and PROMISE_NOT_ALLOWED. */
  add(value: In): void {
    const accumulator = this.#aggregate.add(value, this.#held() ?? this.#aggregate.createAccumulator());
    refusePromise(accumulator, `add of state '${this.info.name}'`);
    try {
      this.table.put(this.namespace, this.checked(accumulator));
    } catch (error) {
      throw this.refused(error);
    }
  }

  clear(): void {
    this.table.remove(this.namespace);
  }

  protected override openTable(backend: KeyedStateBackend): StateTable {
    return backend.table(this.info);
  }

  #held(): Acc | undefined {
    return this.table.get(this.namespace) as Acc | undefined; // what is in the table came from `add`
  }
}

/** Declares an aggregating state; names are unique within a function. */
export function aggregatingState<In, Acc, Out>(
  name: string,
  aggregate: StateAggregateFunction<In, Acc, Out>,
): AggregatingState<In, Acc, Out> {
  return new AggregatingState(name, aggregate);
}
