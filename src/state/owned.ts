import { copyWith } from '../codec/copy-value.ts';
import { ownString, ownStrings, partsWithoutTexts } from '../codec/own-strings.ts';
import { keyIdOf, keyOfId } from './canonical-key.ts';
import type { KeyId } from './canonical-key.ts';

/**
 * What state keeps of a value that is put: no string of it keeps a page of a channel alive, and no object is shared with anyone.
 * Throws VALUE_NOT_SERIALIZABLE for most values outside the codec's domain; the snapshot finds the others.
 */
export function ownedValue(value: unknown): unknown {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'bigint':
      return value;
    case 'string':
      return ownString(value);
    default:
      return value === null ? value : copyWith(value, ownString);
  }
}

/** Is the value the object that the entry holds? */
export function isReturned(value: unknown, held: unknown): boolean {
  return typeof value === 'object' && value !== null && value === held;
}

/**
 * Objects of one state that were handed out, changed in place and put back: they stay themselves if they can. An accumulator comes
 * back for each record, so looking through it each time would cost more than the record; while no text was ever seen in values of
 * the state, one part of four is looked at on average.
 */
export class ReturnedValues {
  #hasTexts = false;
  /** Values to come that are not looked at. */
  #unseenCount = 0;

  own(value: unknown): unknown {
    if (!this.#hasTexts) {
      if (this.#unseenCount-- > 0) return value;
      const parts = partsWithoutTexts(value);
      if (parts !== undefined) {
        this.#unseenCount = parts >> 2;
        return value;
      }
      this.#hasTexts = true;
    }
    return ownStrings(value);
  }
}

export function ownedId(id: KeyId): KeyId {
  return typeof id === 'string' ? ownString(id) : id;
}

/** What an operator may keep of a key beside the state: equal to it, and fresh. */
export function ownedKey(key: unknown): unknown {
  return typeof key === 'number' ? key + 0 : keyOfId(ownedId(keyIdOf(key)));
}
