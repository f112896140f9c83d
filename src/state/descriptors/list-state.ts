import type { KeyedStateBackend, StateTable } from '../../base/keyed-state.ts';
import { DeclaredState } from './state-declaration.ts';

/** A list for each key. A key whose list was never added to has an empty one. */
export class ListState<T> extends DeclaredState<StateTable> {
  constructor(name: string) {
    super({ name, kind: 'list' });
  }

  /** A list of its own, so that later additions do not show; the elements are those of the state (see ValueState). */
  get(): readonly T[] {
    // What is in the table came from `add` and `update`.
    const held = this.table.get(this.namespace) as T[] | undefined;
    return held === undefined ? [] : [...this.handOut(held)];
  }

  /** Costs in proportion to the element, not to the list. Throws STATE_VALUE_INVALID for undefined, VALUE_NOT_SERIALIZABLE. */
  add(element: T): void {
    try {
      this.table.append(this.namespace, this.checked(element));
    } catch (error) {
      throw this.refused(error);
    }
    this.settle();
  }

  addAll(elements: Iterable<T>): void {
    for (const element of elements) this.add(element);
  }

  /** Replaces the list; an empty one clears the state. */
  update(elements: readonly T[]): void {
    if (elements.length === 0) {
      this.clear();
      return;
    }
    for (const element of elements) this.checked(element);
    try {
      this.table.put(this.namespace, elements);
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

/** Declares a list state; names are unique within a function. */
export function listState<T>(name: string): ListState<T> {
  return new ListState(name);
}
