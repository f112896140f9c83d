/**
 * What a change of an entry has to do for snapshots, decided by comparing two numbers in the common case.
 *
 * Epochs count the starts of snapshots: 1, 2, ... A snapshot that starts epoch v shows the state as all changes of epochs below
 * v left it. The first change of an entry in an epoch saves its pre-image for the snapshots that still need it and puts the
 * entry into the list of changes; later changes in that epoch do nothing. *Change* means replacing or removing the value, and
 * handing out an object: whoever holds it may change it in place until the callback returns, so an object is copied before it
 * is handed out, while a value that is replaced can be kept as it is.
 */
import { assert } from '../../base/assert.ts';
import { NO_MUTANTS } from '../../base/mutants.ts';
import type { Mutants } from '../../base/mutants.ts';
import { ABSENT } from './tracked-entry.ts';
import type { ChangeLog } from './change-log.ts';
import type { TrackedEntry } from './tracked-entry.ts';

/** A snapshot whose cursor has not finished. */
export interface RunningSnapshot {
  /** Will it write the value that an entry with this stamp has now? */
  needsImage(groupIndex: number, stamp: number): boolean;
  /** `image` must not change afterwards. */
  keepImage(groupIndex: number, entry: TrackedEntry, image: unknown): void;
}

export interface ChangeTrackerOptions {
  readonly groupCount: number;
  readonly log: ChangeLog;
  readonly copy: (value: unknown) => unknown;
  readonly mutants?: Mutants;
}

export class ChangeTracker {
  /** Twice the current epoch: entries with a lower stamp have not changed in it. */
  epochStamp: number = 2;
  readonly #log: ChangeLog;
  readonly #copy: (value: unknown) => unknown;
  readonly #liveCounts: Int32Array;
  readonly #running = new Set<RunningSnapshot>();
  #entryCount = 0;

  constructor(options: ChangeTrackerOptions) {
    const { mutants = NO_MUTANTS } = options;
    this.#log = options.log;
    this.#copy = mutants.active.has('no-copy-before-mutation') ? (value) => value : options.copy;
    this.#liveCounts = new Int32Array(options.groupCount);
  }

  /** Over all key groups. */
  get entryCount(): number {
    return this.#entryCount;
  }

  liveCount(groupIndex: number): number {
    return this.#liveCounts[groupIndex] ?? 0;
  }

  /** Before the object in `entry` is handed out. */
  handOut(entry: TrackedEntry): void {
    if (entry.stamp < this.epochStamp) this.#firstChange(entry, true);
  }

  /** Before the value of `entry` is replaced. */
  change(entry: TrackedEntry): void {
    if (entry.stamp < this.epochStamp) this.#firstChange(entry, false);
  }

  /** The stamp of an entry that is made now. */
  get newStamp(): number {
    return this.epochStamp + 1;
  }

  /** A new entry, made with `newStamp`, is in its table. */
  created(entry: TrackedEntry): void {
    this.counted(entry.groupIndex, 1);
    this.#log.add(entry.groupIndex, entry);
  }

  /**
   * Entries came or went that need no more than to be counted: those that are read from a checkpoint, with stamp 0, or taken back by a
   * later section of its chain, and those of rows, which keep their own stamps.
   */
  counted(groupIndex: number, change: number): void {
    const count = this.liveCount(groupIndex) + change;
    assert(count >= 0, () => `Key group at ${groupIndex} has ${count} entries`);
    this.#liveCounts[groupIndex] = count;
    this.#entryCount += change;
  }

  /** Does the next delta of the key group have to know what was removed? */
  tracksChanges(groupIndex: number): boolean {
    return this.#log.isTracking(groupIndex);
  }

  /** Too much was removed: the next section of the key group is a base. */
  giveUpTracking(groupIndex: number): void {
    this.#log.giveUp(groupIndex);
  }

  /** An entry that comes from another table with its history: as if changed just now. */
  adopted(entry: TrackedEntry): void {
    entry.stamp = this.epochStamp;
    this.#log.add(entry.groupIndex, entry);
  }

  /** The entry was taken out of its table. */
  removed(entry: TrackedEntry): void {
    assert(entry.value !== ABSENT, 'An entry was removed twice');
    if (entry.stamp === this.epochStamp + 1) this.#log.forget(entry.groupIndex, entry);
    else this.change(entry);
    entry.value = ABSENT;
    this.counted(entry.groupIndex, -1);
  }

  /** A snapshot starts; returns the stamp below which an entry's last change belongs to it. */
  nextEpoch(): number {
    this.epochStamp += 2;
    return this.epochStamp;
  }

  snapshotStarted(snapshot: RunningSnapshot): void {
    this.#running.add(snapshot);
  }

  snapshotEnded(snapshot: RunningSnapshot): void {
    this.#running.delete(snapshot);
  }

  #firstChange(entry: TrackedEntry, isHandedOut: boolean): void {
    const groupIndex = entry.groupIndex;
    if (this.#running.size > 0) this.#saveImage(groupIndex, entry, isHandedOut);
    entry.stamp = this.epochStamp;
    this.#log.add(groupIndex, entry);
  }

  /** All snapshots that need the value share one copy: none changes it. */
  #saveImage(groupIndex: number, entry: TrackedEntry, isHandedOut: boolean): void {
    let image: unknown = ABSENT;
    for (const snapshot of this.#running) {
      if (!snapshot.needsImage(groupIndex, entry.stamp)) continue;
      if (image === ABSENT) image = isHandedOut ? this.#copy(entry.value) : entry.value;
      snapshot.keepImage(groupIndex, entry, image);
    }
  }
}
