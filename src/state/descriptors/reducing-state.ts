import type { KeyedStateBackend, StateTable } from '../../base/keyed-state.ts';
import { DeclaredState } from './state-declaration.ts';
import { refusePromise } from './refuse-promise.ts';

/** Combines what was added before with what is added now. May change and return the first. */
export type StateReduceFunction<T> = (accumulated: T, added: T) => T;

/** For each key, all values added to it, reduced to one. */
export class ReducingState<T> extends DeclaredState<StateTable> {
  readonly #reduce: StateReduceFunction<T>;

  constructor(name: string, reduce: StateReduceFunction<T>) {
    super({ name, kind: 'reducing' });
    this.#reduce = reduce;
  }

  /** Undefined when nothing was added. */
  get(): T | undefined {
    const value = this.#held();
    return value === undefined ? undefined : this.handOut(value);
  }

  /** Throws STATE_VALUE_INVALID for undefined, added or as a result, and PROMISE_NOT_ALLOWED. */
  add(value: T): void {
    const held = this.#held();
    const reduced = held === undefined ? value : this.#reduce(held, this.checked(value));
    refusePromise(reduced, `the reduce function of state '${this.info.name}'`);
    try {
      this.table.put(this.namespace, this.checked(reduced));
    } catch (error) {
      throw this.refused(error);
    }
    this.settle();
  }

  clear(): void {
    this.table.remove(this.namespace);
    this.settle();
  }

  protected override openTable(backend: KeyedStateBackend): StateTable {
    return backend.table(this.info);
  }

  #held(): T | undefined {
    return this.table.get(this.namespace) as T | undefined; // what is in the table came from `add`
  }
}

/** Declares a reducing state; names are unique within a function. */
export function reducingState<T>(name: string, reduce: StateReduceFunction<T>): ReducingState<T> {
  return new ReducingState(name, reduce);
}
