import { assert } from '../../base/assert.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { TableHeader } from '../section/section-format.ts';
import { IndexedHeap } from './indexed-heap.ts';
import type { HeapItem } from './indexed-heap.ts';
import { TimerBucket } from './timer-bucket.ts';
import type { Timer } from './timer-bucket.ts';

/** The timers of one time domain and key group, bucketed by time. */
export class KeyGroupTimers implements HeapItem {
  heapIndex: number = -1;
  readonly groupIndex: number;
  /** Above the order of all timers. */
  nextOrder: number = 0;
  readonly #header: TableHeader;
  readonly #buckets = new Map<EventTimeMs, TimerBucket>();
  readonly #byTime = new IndexedHeap<TimerBucket>((a, b) => a.timestampMs < b.timestampMs);

  constructor(header: TableHeader, groupIndex: number) {
    this.#header = header;
    this.groupIndex = groupIndex;
  }

  /** The bucket with the earliest timers. */
  get first(): TimerBucket | undefined {
    return this.#byTime.first;
  }

  bucket(timestampMs: EventTimeMs): TimerBucket | undefined {
    return this.#buckets.get(timestampMs);
  }

  bucketOrNew(timestampMs: EventTimeMs): TimerBucket {
    const found = this.#buckets.get(timestampMs);
    if (found !== undefined) return found;
    const bucket = new TimerBucket(this.#header, this.groupIndex, timestampMs);
    this.#buckets.set(timestampMs, bucket);
    this.#byTime.add(bucket);
    return bucket;
  }

  /** The timer was marked ABSENT. */
  removed(timer: Timer): void {
    const bucket = timer.bucket;
    bucket.removed(timer);
    if (!bucket.isEmpty) return;
    assert(this.#buckets.get(bucket.timestampMs) === bucket, 'A timer is not in its key group');
    this.#buckets.delete(bucket.timestampMs);
    this.#byTime.remove(bucket);
  }

  *walk(): IterableIterator<Timer> {
    let left = this.#buckets.size;
    for (const bucket of this.#buckets.values()) {
      if (left-- === 0) return;
      // A list of its own: the bucket may be compacted while the walk rests.
      yield* bucket.live();
    }
  }

  putInOrder(): void {
    for (const bucket of this.#buckets.values()) bucket.putInOrder();
  }
}
