import { copyWith } from '../codec/copy-value.ts';
import { ownString, ownStrings } from '../codec/own-strings.ts';
import { keyIdOf, keyOfId } from './canonical-key.ts';
import type { KeyId } from './canonical-key.ts';

/**
 * What state keeps of a value that is put: no string of it keeps a page of a channel alive, and no object is shared with anyone.
 * `held` is what the entry holds already: an object that was handed out, changed in place and put back stays itself if it can.
 * Throws VALUE_NOT_SERIALIZABLE for most values outside the codec's domain; the snapshot finds the others.
 */
export function ownedValue(value: unknown, held: unknown): unknown {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'bigint':
      return value;
    case 'string':
      return ownString(value);
    default:
      if (value === null) return value;
      return value === held ? ownStrings(value) : copyWith(value, ownString);
  }
}

export function ownedId(id: KeyId): KeyId {
  return typeof id === 'string' ? ownString(id) : id;
}

/** What an operator may keep of a key beside the state: equal to it, and fresh. */
export function ownedKey(key: unknown): unknown {
  return typeof key === 'number' ? key + 0 : keyOfId(ownedId(keyIdOf(key)));
}
