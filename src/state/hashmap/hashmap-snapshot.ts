/**
 * A snapshot of the heap, written in slices while processing goes on.
 *
 * It shows the state as the epochs before its own left it. An entry whose last change lies before has its value still; an entry
 * that changed since has its pre-image here, saved by ChangeTracker at its first change. That makes two ways through a key group:
 *
 *   base   all entries of the tables that have not changed since, then all pre-images. An entry that changes after the walk has
 *          passed it is written twice, with the same value.
 *   delta  the changed entries as of the snapshot's start: first those that were gone by then, as tombstones, then the others.
 *          An entry that was removed and made anew is two entries, so tombstones have to come first.
 *
 * Once a key group is written, its pre-images are dropped and no more are kept for it.
 */
import { assert } from '../../base/assert.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { SectionSink, SnapshotCursor } from '../../base/keyed-state.ts';
import type { GroupChanges } from '../changes/change-log.ts';
import type { RunningSnapshot } from '../changes/change-tracker.ts';
import { ABSENT } from '../changes/tracked-entry.ts';
import type { TrackedEntry } from '../changes/tracked-entry.ts';
import type { SectionWriter } from '../section/section-writer.ts';
import type { BackendTable } from './backend-table.ts';
import type { RowsSnapshot } from './rows/rows-snapshot.ts';

export interface PlannedSection {
  readonly groupIndex: number;
  /** 'everything' writes a base, chunks a delta of their entries. */
  readonly changes: GroupChanges;
  readonly entryCount: number;
}

export interface HashmapSnapshotOptions {
  readonly checkpointId: CheckpointId;
  /** Entries with a lower stamp are as they were when the snapshot started. */
  readonly versionStamp: number;
  /** Entries with this stamp or a higher one are in the deltas. */
  readonly sinceStamp: number;
  readonly firstKeyGroup: number;
  readonly groupCount: number;
  readonly plan: readonly PlannedSection[];
  readonly tables: readonly BackendTable[];
  readonly rows: RowsSnapshot;
  readonly writesTombstones: boolean;
  /** One writer for each snapshot: several may be in the middle of a section. */
  readonly section: SectionWriter;
  /** All sections are handed over, or the snapshot was cancelled; `isComplete` tells which. */
  onEnd(snapshot: HashmapSnapshot, isComplete: boolean): void;
}

/** What a key group still needs of changes; also values of a byte array. */
const DONE = 0;
const BASE = 1;
const DELTA = 2;

export class HashmapSnapshot implements SnapshotCursor, RunningSnapshot {
  readonly #options: HashmapSnapshotOptions;
  readonly #needs: Uint8Array;
  readonly #images: (Map<TrackedEntry, unknown> | undefined)[] = [];
  readonly #work: Iterator<void>;
  readonly #section: SectionWriter;
  #sink: SectionSink | undefined;
  #budget = 0;
  #remainingEntries = 0;
  #hasEnded = false;

  constructor(options: HashmapSnapshotOptions) {
    this.#options = options;
    this.#section = options.section;
    this.#needs = new Uint8Array(options.groupCount);
    for (const { groupIndex, changes, entryCount } of options.plan) {
      this.#needs[groupIndex] = changes === 'everything' ? BASE : DELTA;
      this.#remainingEntries += entryCount;
    }
    this.#work = this.#writeSections();
  }

  get checkpointId(): CheckpointId {
    return this.#options.checkpointId;
  }

  get remainingEntries(): number {
    return Math.max(0, this.#remainingEntries);
  }

  advance(entryLimit: number, sink: SectionSink): boolean {
    assert(!this.#hasEnded, () => `Snapshot ${this.checkpointId} has ended`);
    this.#budget = entryLimit;
    this.#sink = sink;
    if (this.#work.next().done !== true) return false;
    this.#end(true);
    return true;
  }

  cancel(): void {
    if (!this.#hasEnded) this.#end(false);
  }

  needsImage(groupIndex: number, stamp: number): boolean {
    if (stamp >= this.#options.versionStamp) return false;
    const need = this.#needs[groupIndex];
    return need === BASE || (need === DELTA && stamp >= this.#options.sinceStamp);
  }

  keepImage(groupIndex: number, entry: TrackedEntry, image: unknown): void {
    let images = this.#images[groupIndex];
    if (images === undefined) this.#images[groupIndex] = images = new Map();
    assert(!images.has(entry), 'An entry has two pre-images in one snapshot');
    images.set(entry, image);
  }

  *#writeSections(): Generator<void, void, void> {
    for (const { groupIndex, changes } of this.#options.plan) {
      const isBase = changes === 'everything';
      const keyGroup = this.#options.firstKeyGroup + groupIndex;
      this.#section.begin(keyGroup, isBase);
      yield* isBase ? this.#writeBase(groupIndex) : this.#writeDelta(groupIndex, changes);
      // No rest between the last look at the pre-images and here: one that came now would be lost.
      this.#needs[groupIndex] = DONE;
      this.#images[groupIndex] = undefined;
      this.#options.rows.done(groupIndex);
      const bytes = this.#section.finish();
      assert(this.#sink !== undefined, 'A section has no sink');
      this.#sink.writeSection({ keyGroup, isBase, entryCount: this.#section.entryCount, bytes });
    }
  }

  *#writeBase(groupIndex: number): Generator<void, void, void> {
    const { tables, rows, versionStamp } = this.#options;
    yield* this.#write(rows.writeBase(groupIndex, this.#section));
    for (const table of tables) {
      for (const entry of table.walk(groupIndex)) {
        if (entry.stamp < versionStamp) entry.write(this.#section, entry.value);
        if (this.#isSpent()) yield;
      }
    }
    for (const [entry, image] of this.#images[groupIndex] ?? []) {
      entry.write(this.#section, image);
      if (this.#isSpent()) yield;
    }
  }

  *#writeDelta(groupIndex: number, chunks: readonly (readonly TrackedEntry[])[]): Generator<void, void, void> {
    const [first = [], ...others] = chunks;
    // Only chunks of several intervals have entries in common.
    const entries = others.length === 0 ? first : new Set<TrackedEntry>();
    if (entries instanceof Set) {
      for (const chunk of chunks) {
        for (const entry of chunk) {
          entries.add(entry);
          if (this.#isSpent()) yield;
        }
      }
    }
    const { rows } = this.#options;
    yield* this.#write(rows.writeTombstones(groupIndex, this.#section));
    for (const entry of entries) {
      if (this.#valueOf(entry) === ABSENT && this.#options.writesTombstones) entry.write(this.#section, ABSENT);
      if (this.#isSpent()) yield;
    }
    yield* this.#write(rows.writeChanges(groupIndex, this.#section));
    for (const entry of entries) {
      const value = this.#valueOf(entry);
      if (value !== ABSENT) entry.write(this.#section, value);
      if (this.#isSpent()) yield;
    }
  }

  /** The value when the snapshot started. */
  #valueOf(entry: TrackedEntry): unknown {
    if (entry.stamp < this.#options.versionStamp) return entry.value;
    const image = this.#images[entry.groupIndex]?.get(entry);
    assert(image !== undefined, 'An entry that changed during a snapshot has no pre-image');
    return image;
  }

  /** Rows are written in chunks, which say how many entries they have looked at. */
  *#write(chunks: Iterable<number>): Generator<void, void, void> {
    for (const looked of chunks) if (this.#isSpent(looked)) yield;
  }

  #isSpent(looked = 1): boolean {
    this.#remainingEntries -= looked;
    this.#budget -= looked;
    return this.#budget <= 0;
  }

  #end(isComplete: boolean): void {
    this.#hasEnded = true;
    this.#needs.fill(DONE);
    this.#images.length = 0;
    this.#options.onEnd(this, isComplete);
  }
}
