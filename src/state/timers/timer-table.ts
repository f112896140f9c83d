import { assert } from '../../base/assert.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { Namespace, TimeDomain } from '../../base/keyed-state.ts';
import type { KeyId } from '../canonical-key.ts';
import type { ChangeTracker } from '../changes/change-tracker.ts';
import { ABSENT } from '../changes/tracked-entry.ts';
import type { TrackedEntry } from '../changes/tracked-entry.ts';
import type { BackendTable } from '../hashmap/backend-table.ts';
import type { KeyContext } from '../key-context.ts';
import { ownedId } from '../owned.ts';
import type { TableHeader } from '../section/section-format.ts';
import type { RestoredTimer, TimerRestore } from '../section/section-reader.ts';
import { IndexedHeap } from './indexed-heap.ts';
import { KeyGroupTimers } from './key-group-timers.ts';
import { Timer } from './timer-bucket.ts';

/**
 * The timers of one time domain. Order of firing: by time, then by key group, then by registration; the same after a restore,
 * and at any parallelism the same within a key group.
 */
export class TimerTable implements BackendTable, TimerRestore {
  readonly shape = 'timer';
  readonly header: TableHeader;
  readonly #context: KeyContext;
  readonly #tracker: ChangeTracker;
  readonly #groups: (KeyGroupTimers | undefined)[];
  /** Key groups with timers. */
  readonly #queue = new IndexedHeap<KeyGroupTimers>(firesBefore);
  #entryCount = 0;

  constructor(domain: TimeDomain, context: KeyContext, tracker: ChangeTracker, groupCount: number) {
    this.header = { name: domain, kind: domain };
    this.#context = context;
    this.#tracker = tracker;
    this.#groups = Array.from<undefined>({ length: groupCount });
  }

  get entryCount(): number {
    return this.#entryCount;
  }

  /** Under the current key. Nothing when the timer is registered already. */
  register(namespace: Namespace, timestampMs: EventTimeMs): void {
    const { groupIndex, id } = this.#context;
    const group = this.#groupOrNew(groupIndex);
    const bucket = group.bucketOrNew(timestampMs);
    if (bucket.find(id, namespace) !== undefined) return;
    const placement = { namespace, order: group.nextOrder++, stamp: this.#tracker.newStamp };
    const timer = new Timer(bucket, ownedId(id), placement);
    bucket.add(timer);
    if (group.first === bucket) this.#requeue(group);
    this.#entryCount++;
    this.#tracker.created(timer);
  }

  /** Under the current key. Nothing when there is no such timer. */
  delete(namespace: Namespace, timestampMs: EventTimeMs): void {
    const group = this.#groups[this.#context.groupIndex];
    const timer = group?.bucket(timestampMs)?.find(this.#context.id, namespace);
    if (group !== undefined && timer !== undefined) this.#remove(group, timer);
  }

  /** Takes the first timer out if it is due at `untilMs`. */
  poll(untilMs: EventTimeMs): Timer | undefined {
    const group = this.#queue.first;
    const bucket = group?.first;
    if (group === undefined || bucket === undefined || bucket.timestampMs > untilMs) return undefined;
    const timer = bucket.first();
    assert(timer !== undefined, 'A bucket without timers is in the queue');
    this.#remove(group, timer);
    return timer;
  }

  hasDue(untilMs: EventTimeMs): boolean {
    const bucket = this.#queue.first?.first;
    return bucket !== undefined && bucket.timestampMs <= untilMs;
  }

  /** Infinity for none. */
  next(): EventTimeMs {
    return this.#queue.first?.first?.timestampMs ?? Number.POSITIVE_INFINITY;
  }

  *walk(groupIndex: number): IterableIterator<TrackedEntry> {
    const group = this.#groups[groupIndex];
    if (group !== undefined) yield* group.walk();
  }

  restorePut({ groupIndex, namespace, timestampMs, order, key }: RestoredTimer): void {
    const group = this.#groupOrNew(groupIndex);
    const bucket = group.bucketOrNew(timestampMs);
    // A base may hold a timer twice, when it was removed while the base was being written.
    if (bucket.find(key, namespace) !== undefined) return;
    bucket.add(new Timer(bucket, key, { namespace, order, stamp: 0 }));
    group.nextOrder = Math.max(group.nextOrder, order + 1);
    this.#requeue(group);
    this.#entryCount++;
    this.#tracker.counted(groupIndex, 1);
  }

  restoreRemove(groupIndex: number, namespace: Namespace, timestampMs: EventTimeMs, key: KeyId): void {
    const group = this.#groups[groupIndex];
    const timer = group?.bucket(timestampMs)?.find(key, namespace);
    if (group === undefined || timer === undefined) return;
    timer.value = ABSENT;
    group.removed(timer);
    this.#requeue(group);
    this.#entryCount--;
    this.#tracker.counted(groupIndex, -1);
  }

  finishRestore(groupIndex: number): void {
    this.#groups[groupIndex]?.putInOrder();
  }

  #remove(group: KeyGroupTimers, timer: Timer): void {
    this.#tracker.removed(timer);
    group.removed(timer);
    if (group.first !== timer.bucket) this.#requeue(group);
    this.#entryCount--;
  }

  #groupOrNew(groupIndex: number): KeyGroupTimers {
    const found = this.#groups[groupIndex];
    if (found !== undefined) return found;
    const group = new KeyGroupTimers(this.header, groupIndex);
    this.#groups[groupIndex] = group;
    return group;
  }

  /** The earliest timer of the key group may have changed. */
  #requeue(group: KeyGroupTimers): void {
    const isQueued = group.heapIndex >= 0;
    if (group.first === undefined) {
      if (isQueued) this.#queue.remove(group);
    } else if (isQueued) {
      this.#queue.moved(group);
    } else {
      this.#queue.add(group);
    }
  }
}

function firesBefore(a: KeyGroupTimers, b: KeyGroupTimers): boolean {
  const aMs = a.first?.timestampMs ?? Number.POSITIVE_INFINITY;
  const bMs = b.first?.timestampMs ?? Number.POSITIVE_INFINITY;
  return aMs < bMs || (aMs === bMs && a.groupIndex < b.groupIndex);
}
