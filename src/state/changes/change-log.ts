/**
 * Which entries changed since the last completed checkpoint: what an incremental checkpoint has to write.
 *
 * Time is cut into intervals by the starts of snapshots. A closed interval belongs to the checkpoint that ended it:
 *
 *   snapshot n starts    the open interval is closed under n; the delta of n is the union of all closed intervals
 *   n is completed       intervals of n and of all earlier checkpoints are dropped
 *   n is aborted         the interval of n joins the next one: nothing of it is in any checkpoint yet
 *
 * Per key group an interval is either a list of entries or 'everything', when the next section must be a base: no chain exists,
 * or the list would have become longer than the key group itself. Lists of closed intervals never change.
 */
import { assert } from '../../base/assert.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { TrackedEntry } from './tracked-entry.ts';

/** Chunks may have entries in common. */
export type GroupChanges = 'everything' | readonly (readonly TrackedEntry[])[];

interface ClosedInterval {
  readonly endedBy: CheckpointId;
  readonly groups: GroupChanges[];
}

const NO_CHANGES: readonly (readonly TrackedEntry[])[] = [];

/** Lists up to this length are kept even when the key group has fewer entries. */
const LIST_LENGTH_LEAST = 1024;

export class ChangeLog {
  readonly #groupCount: number;
  readonly #isTracking: boolean;
  readonly #closed: ClosedInterval[] = [];
  /** The open interval: 1 where it is 'everything'. */
  readonly #everything: Uint8Array;
  #open: (TrackedEntry[] | undefined)[] = [];
  /** What aborted checkpoints left to the open interval. */
  #inherited: (readonly (readonly TrackedEntry[])[] | undefined)[] = [];

  /** Without tracking every interval is 'everything', and changes cost nothing. */
  constructor(groupCount: number, isTracking: boolean) {
    this.#groupCount = groupCount;
    this.#isTracking = isTracking;
    this.#everything = new Uint8Array(groupCount).fill(1);
  }

  /** The key group was restored from a chain that can be continued. Before its first change. */
  continueChain(groupIndex: number): void {
    if (this.#isTracking) this.#everything[groupIndex] = 0;
  }

  /** Once for each entry and interval: the caller looks at the entry's stamp. */
  add(groupIndex: number, entry: TrackedEntry): void {
    if (this.#everything[groupIndex] === 1) return;
    let list = this.#open[groupIndex];
    if (list === undefined) this.#open[groupIndex] = list = [];
    entry.dirtyAt = list.length;
    list.push(entry);
  }

  /** False when the open interval is 'everything'. */
  isTracking(groupIndex: number): boolean {
    return this.#everything[groupIndex] === 0;
  }

  /** The open interval becomes 'everything'. */
  giveUp(groupIndex: number): void {
    this.#everything[groupIndex] = 1;
    this.#inherited[groupIndex] = undefined;
    this.#open[groupIndex] = undefined;
  }

  /** The entry was made and removed within the open interval: no checkpoint has to know. */
  forget(groupIndex: number, entry: TrackedEntry): void {
    const list = this.#open[groupIndex];
    if (list === undefined || list[entry.dirtyAt] !== entry) return;
    const last = list.pop();
    assert(last !== undefined, 'The list of changes is empty');
    if (last === entry) return;
    list[entry.dirtyAt] = last;
    last.dirtyAt = entry.dirtyAt;
  }

  /** A snapshot starts. */
  close(endedBy: CheckpointId): void {
    const before = this.#closed.at(-1)?.endedBy ?? 0;
    assert(endedBy > before, () => `Checkpoint ${endedBy} starts after checkpoint ${before}`);
    const groups: GroupChanges[] = [];
    for (let groupIndex = 0; groupIndex < this.#groupCount; groupIndex++) groups.push(this.#openChanges(groupIndex));
    this.#closed.push({ endedBy, groups });
    this.#open = [];
    this.#inherited = [];
    this.#everything.fill(this.#isTracking ? 0 : 1);
  }

  /** The union of all closed intervals: right after `close`, the delta of the checkpoint that starts. */
  closedChanges(groupIndex: number): GroupChanges {
    let union: GroupChanges = NO_CHANGES;
    for (const { groups } of this.#closed) union = join(union, groups[groupIndex] ?? NO_CHANGES);
    return union;
  }

  completed(id: CheckpointId): void {
    const kept = this.#closed.filter((interval) => interval.endedBy > id);
    this.#closed.splice(0, this.#closed.length, ...kept);
  }

  /** `liveCount` is the number of entries of a key group: where the list gets longer, a base is cheaper. */
  aborted(id: CheckpointId, liveCount: (groupIndex: number) => number): void {
    const at = this.#closed.findIndex((interval) => interval.endedBy === id);
    const [interval] = at < 0 ? [] : this.#closed.splice(at, 1);
    if (interval === undefined) return;
    const next = this.#closed[at];
    interval.groups.forEach((changes, groupIndex) => {
      const limit = Math.max(liveCount(groupIndex), LIST_LENGTH_LEAST);
      if (next === undefined) this.#inherit(groupIndex, changes, limit);
      else next.groups[groupIndex] = bounded(join(changes, next.groups[groupIndex] ?? NO_CHANGES), limit);
    });
  }

  #openChanges(groupIndex: number): GroupChanges {
    if (this.#everything[groupIndex] === 1) return 'everything';
    const list = this.#open[groupIndex];
    const inherited = this.#inherited[groupIndex] ?? NO_CHANGES;
    return list === undefined || list.length === 0 ? inherited : [...inherited, list];
  }

  #inherit(groupIndex: number, changes: GroupChanges, limit: number): void {
    if (this.#everything[groupIndex] === 1) return;
    const joined = bounded(join(changes, this.#inherited[groupIndex] ?? NO_CHANGES), limit);
    if (joined !== 'everything') {
      this.#inherited[groupIndex] = joined;
      return;
    }
    this.giveUp(groupIndex);
  }
}

/** How many entries the chunks have, those in common counted twice. */
export function changeCount(chunks: readonly (readonly TrackedEntry[])[]): number {
  let count = 0;
  for (const chunk of chunks) count += chunk.length;
  return count;
}

function join(earlier: GroupChanges, later: GroupChanges): GroupChanges {
  if (earlier === 'everything' || later === 'everything') return 'everything';
  if (earlier.length === 0) return later;
  return later.length === 0 ? earlier : [...earlier, ...later];
}

function bounded(changes: GroupChanges, limit: number): GroupChanges {
  if (changes === 'everything' || changeCount(changes) <= limit) return changes;
  const distinct = new Set(changes.flat());
  return distinct.size > limit ? 'everything' : [[...distinct]];
}
