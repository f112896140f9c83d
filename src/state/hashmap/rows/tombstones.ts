import type { TableHeader } from '../../section/section-format.ts';

/** A value that was removed. */
export interface Tombstone {
  readonly header: TableHeader;
  readonly key: number;
  /** A word: NO_NAMESPACE for none. */
  readonly namespace: number;
  /** The epoch in which it was removed. */
  readonly stamp: number;
}

/** Lists up to this length are kept even when the key group has fewer entries. */
const TOMBSTONES_LEAST = 1024;
const NONE: readonly Tombstone[] = [];

/** What was removed from rows since the last completed checkpoint, by key group: deltas have to say it. */
export class Tombstones {
  readonly #lists: (Tombstone[] | undefined)[] = [];

  /** In order of removal. The list may become longer, but what stands in it stays. */
  of(groupIndex: number): readonly Tombstone[] {
    return this.#lists[groupIndex] ?? NONE;
  }

  /** False when so much was removed that a base is cheaper than a delta; then all of the key group is forgotten. */
  add(groupIndex: number, tombstone: Tombstone, liveCount: number): boolean {
    const list = (this.#lists[groupIndex] ??= []);
    if (list.length < Math.max(TOMBSTONES_LEAST, liveCount)) {
      list.push(tombstone);
      return true;
    }
    this.#lists[groupIndex] = undefined;
    return false;
  }

  /** What was removed in epochs below `sinceStamp` is in a completed checkpoint. Snapshots keep the lists they have seen. */
  forgetBefore(sinceStamp: number): void {
    this.#lists.forEach((list, groupIndex) => {
      this.#lists[groupIndex] = list?.filter(({ stamp }) => stamp >= sinceStamp);
    });
  }
}
