import type { KeyedStateBackend, StateTable } from '../../base/keyed-state.ts';
import { copyValue } from '../../codec/copy-value.ts';
import { DeclaredState } from './state-declaration.ts';

/**
 * One value for each key. `value()` of a key without one is undefined, or a copy of the default. null is a value.
 *
 * An object that `value()` returns is valid until the callback returns. It may be changed in place if it is then put back with
 * `update`; without that, whether the change is kept is open, and under --check-mutation it is VALUE_MUTATED.
 */
export class ValueState<T, Absent extends T | undefined = undefined> extends DeclaredState<StateTable> {
  readonly #absent: Absent;

  constructor(name: string, absent: Absent) {
    super({ name, kind: 'value' });
    this.#absent = absent;
  }

  value(): T | Absent {
    // What is in the table came from `update`.
    const value = this.table.get(this.namespace) as T | undefined;
    if (value !== undefined) return this.handOut(value);
    return typeof this.#absent === 'object' ? copyValue(this.#absent) : this.#absent;
  }

  /**
   * The value belongs to the state afterwards. Costs in proportion to its size; for collections that grow there are list and map
   * states. Throws STATE_VALUE_INVALID for undefined, VALUE_NOT_SERIALIZABLE.
   */
  update(value: T): void {
    try {
      this.table.put(this.namespace, this.checked(value));
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
}

/** Declares a value state; names are unique within a function. */
export function valueState<T>(name: string, options: { readonly default: T }): ValueState<T, T>;
export function valueState<T>(name: string): ValueState<T>;
export function valueState<T>(name: string, options?: { readonly default: T }): ValueState<T, T | undefined> {
  return new ValueState<T, T | undefined>(name, options?.default);
}
