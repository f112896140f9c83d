import type { KeyId } from '../canonical-key.ts';
import type { SectionWriter } from '../section/section-writer.ts';

/** The value of an entry that was removed. An entry never comes back: the same key later gets a new entry. */
export const ABSENT: unique symbol = Symbol('absent');

/**
 * One unit of change: a value under (state, key, namespace), an entry of a map, a timer. ChangeTracker decides by `stamp` what a
 * change has to do for the snapshots.
 */
export abstract class TrackedEntry {
  readonly id: KeyId;
  /** ABSENT after removal. Primitives are replaced, objects may change in place after they were handed out. */
  value: unknown;
  /** Twice the epoch of the last change, plus 1 when the entry was made in that same epoch. 0: restored, unchanged since. */
  stamp: number;
  /** Place in the open list of changes, where it is in one (see ChangeLog); else -1 or out of date. */
  dirtyAt: number = -1;

  constructor(id: KeyId, value: unknown, stamp: number) {
    this.id = id;
    this.value = value;
    this.stamp = stamp;
  }

  /** Index of the key group within the backend's range. */
  abstract readonly groupIndex: number;

  /** Writes the entry with this value; ABSENT writes a tombstone. */
  abstract write(section: SectionWriter, value: unknown): void;
}
