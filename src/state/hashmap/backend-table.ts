import type { TrackedEntry } from '../changes/tracked-entry.ts';

/** What snapshots and the memory watch need of a table. */
export interface BackendTable {
  readonly entryCount: number;
  /** Bears changes while it runs: what is there from start to end comes once, what is added may come. */
  walk(groupIndex: number): IterableIterator<TrackedEntry>;
  /** All sections of the key group have been read. */
  finishRestore(groupIndex: number): void;
}
