import type { EventTimeMs } from '../../base/event-time.ts';
import type { Namespace } from '../../base/keyed-state.ts';
import type { KeyId } from '../canonical-key.ts';
import { ABSENT, TrackedEntry } from '../changes/tracked-entry.ts';
import type { SectionWriter } from '../section/section-writer.ts';
import type { TableHeader } from '../section/section-format.ts';
import type { HeapItem } from './indexed-heap.ts';

/** Buckets up to this size are searched from end to end; larger ones get an index. */
const SEARCH_LENGTH_MAX = 8;

export interface TimerPlacement {
  readonly namespace: Namespace;
  /** Grows with each registration in the key group. */
  readonly order: number;
  readonly stamp: number;
}

/** `value` is true while the timer is registered, ABSENT once it has fired or was deleted. */
export class Timer extends TrackedEntry {
  readonly bucket: TimerBucket;
  readonly namespace: Namespace;
  readonly order: number;

  constructor(bucket: TimerBucket, id: KeyId, placement: TimerPlacement) {
    super(id, true, placement.stamp);
    this.bucket = bucket;
    this.namespace = placement.namespace;
    this.order = placement.order;
  }

  override get groupIndex(): number {
    return this.bucket.groupIndex;
  }

  override write(section: SectionWriter, value: unknown): void {
    const { header: table, timestampMs } = this.bucket;
    const place = { table, namespace: this.namespace, timestampMs, key: this.id };
    if (value === ABSENT) section.removeTimer(place);
    else section.putTimer(place, this.order);
  }
}

/** The timers of one key group and one time, in order of registration. */
export class TimerBucket implements HeapItem {
  heapIndex: number = -1;
  readonly header: TableHeader;
  readonly groupIndex: number;
  readonly timestampMs: EventTimeMs;
  /** From #head on; deleted timers stay until they are passed or outnumber the others. */
  #timers: Timer[] = [];
  #head = 0;
  #liveCount = 0;
  #isInOrder = true;
  /** Made when the bucket grows. Several timers of one key differ in namespace. */
  #index: Map<KeyId, Timer[]> | undefined;

  constructor(header: TableHeader, groupIndex: number, timestampMs: EventTimeMs) {
    this.header = header;
    this.groupIndex = groupIndex;
    this.timestampMs = timestampMs;
  }

  get isEmpty(): boolean {
    return this.#liveCount === 0;
  }

  find(id: KeyId, namespace: Namespace): Timer | undefined {
    if (this.#index !== undefined) {
      return this.#index.get(id)?.find((timer) => timer.namespace === namespace);
    }
    for (let index = this.#head; index < this.#timers.length; index++) {
      const timer = this.#timers[index];
      if (timer?.id === id && timer.namespace === namespace && timer.value !== ABSENT) return timer;
    }
    return undefined;
  }

  add(timer: Timer): void {
    const last = this.#timers.at(-1);
    if (last !== undefined && last.order > timer.order) this.#isInOrder = false;
    this.#timers.push(timer);
    this.#liveCount++;
    if (this.#index !== undefined) this.#addToIndex(this.#index, timer);
    else if (this.#liveCount > SEARCH_LENGTH_MAX) this.#makeIndex();
  }

  /** The first timer; the bucket must not be empty. */
  first(): Timer | undefined {
    for (;;) {
      const timer = this.#timers[this.#head];
      if (timer === undefined || timer.value !== ABSENT) return timer;
      this.#head++;
    }
  }

  /** The timer was marked ABSENT. */
  removed(timer: Timer): void {
    this.#liveCount--;
    this.#removeFromIndex(timer);
    if (this.#timers[this.#head] === timer) this.#head++;
    if (this.#timers.length > SEARCH_LENGTH_MAX && this.#timers.length > 2 * this.#liveCount) this.#compact();
  }

  /** The timers that are registered now, as a list of its own. */
  live(): Timer[] {
    return this.#timers.filter((timer) => timer.value !== ABSENT);
  }

  /** Sections may hold timers in any order. */
  putInOrder(): void {
    if (this.#isInOrder) return;
    this.#compact();
    this.#timers.sort((a, b) => a.order - b.order);
    this.#isInOrder = true;
  }

  #compact(): void {
    this.#timers = this.live();
    this.#head = 0;
  }

  #makeIndex(): void {
    this.#index = new Map();
    for (const timer of this.live()) this.#addToIndex(this.#index, timer);
  }

  #addToIndex(index: Map<KeyId, Timer[]>, timer: Timer): void {
    const timers = index.get(timer.id);
    if (timers === undefined) index.set(timer.id, [timer]);
    else timers.push(timer);
  }

  #removeFromIndex(timer: Timer): void {
    const timers = this.#index?.get(timer.id);
    if (timers === undefined) return;
    if (timers.length === 1) this.#index?.delete(timer.id);
    else timers.splice(timers.indexOf(timer), 1);
  }
}
