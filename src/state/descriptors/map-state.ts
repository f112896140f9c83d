import type { KeyedStateBackend, MapStateTable } from '../../base/keyed-state.ts';
import { keyIdOf } from '../canonical-key.ts';
import { DeclaredState } from './state-declaration.ts';

/**
 * A map for each key, in order of insertion. Entries are stored and snapshotted one by one, so a large map costs no more than
 * its entries that are used. Map keys are of the types that keys of streams may have: strings, numbers, bigints, booleans,
 * dates, and arrays and plain objects of these, which are equal when their contents are; others are KEY_TYPE_UNSUPPORTED.
 * Values may be changed in place as those of ValueState, if they are put back.
 */
export class MapState<K, V> extends DeclaredState<MapStateTable> {
  constructor(name: string) {
    super({ name, kind: 'map' });
  }

  get(key: K): V | undefined {
    // What is in the table came from `put`.
    const value = this.table.get(this.namespace, key) as V | undefined;
    return value === undefined ? undefined : this.handOut(value, keyIdOf(key));
  }

  /** The value belongs to the state afterwards. Throws STATE_VALUE_INVALID for undefined, VALUE_NOT_SERIALIZABLE. */
  put(key: K, value: V): void {
    try {
      this.table.put(this.namespace, key, this.checked(value));
    } catch (error) {
      throw this.refused(error);
    }
    this.settle(keyIdOf(key));
  }

  putAll(entries: Iterable<readonly [K, V]>): void {
    for (const [key, value] of entries) this.put(key, value);
  }

  remove(key: K): void {
    this.table.remove(this.namespace, key);
    this.settle(keyIdOf(key));
  }

  contains(key: K): boolean {
    return this.table.has(this.namespace, key);
  }

  isEmpty(): boolean {
    return this.table.isEmpty(this.namespace);
  }

  /** Entries may be removed meanwhile. */
  *entries(): IterableIterator<[K, V]> {
    for (const entry of this.table.entries(this.namespace)) {
      const [key, value] = entry as [K, V]; // what is in the table came from `put`
      yield [key, this.handOut(value, keyIdOf(key))];
    }
  }

  keys(): IterableIterator<K> {
    return this.table.keys(this.namespace) as IterableIterator<K>; // what is in the table came from `put`
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }

  clear(): void {
    this.table.clear(this.namespace);
    this.settleAll();
  }

  protected override openTable(backend: KeyedStateBackend): MapStateTable {
    return backend.mapTable(this.info);
  }
}

/** Declares a map state; names are unique within a function. */
export function mapState<K, V>(name: string): MapState<K, V> {
  return new MapState(name);
}
