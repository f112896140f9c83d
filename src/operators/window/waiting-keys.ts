import { assert } from '../../base/assert.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { KeyedStateBackend, Namespace } from '../../base/keyed-state.ts';
import { ownedKey } from '../../state/owned.ts';
import { IndexedHeap } from '../../state/timers/indexed-heap.ts';
import type { HeapItem } from '../../state/timers/indexed-heap.ts';

/** Keys that wait for the same moment, for one reason: a window. In order of arrival. */
export class KeysOfMoment implements HeapItem {
  heapIndex: number = -1;
  readonly namespace: Namespace;
  readonly timestampMs: EventTimeMs;
  /** Moments of one time pass in this order. */
  readonly order: number;
  readonly #keys: unknown[] = [];
  readonly #keyGroups: number[] = [];
  #next = 0;

  constructor(namespace: Namespace, timestampMs: EventTimeMs, order: number) {
    this.namespace = namespace;
    this.timestampMs = timestampMs;
    this.order = order;
  }

  get isEmpty(): boolean {
    return this.#next === this.#keys.length;
  }

  add(key: unknown, keyGroup: number): void {
    this.#keys.push(key);
    this.#keyGroups.push(keyGroup);
  }

  /** Makes the next key the current one. */
  takeNext(backend: KeyedStateBackend): void {
    const keyGroup = this.#keyGroups[this.#next];
    assert(keyGroup !== undefined, 'No key waits');
    backend.setCurrentKey(this.#keys[this.#next++], keyGroup);
  }
}

/** Keys that wait for moments of event time: what timers would be, for many keys at few moments, and without being state. */
export class WaitingKeys {
  readonly #backend: KeyedStateBackend;
  readonly #moments = new Map<Namespace, KeysOfMoment>();
  readonly #byTime = new IndexedHeap<KeysOfMoment>(passesBefore);
  #order = 0;
  /** The one added to last: neighbours in a stream mostly share it. */
  #last: KeysOfMoment | undefined;

  constructor(backend: KeyedStateBackend) {
    this.#backend = backend;
  }

  /** The current key waits. A namespace has one moment. */
  addCurrent(namespace: Namespace, timestampMs: EventTimeMs): void {
    const moment = this.#momentOf(namespace, timestampMs);
    moment.add(ownedKey(this.#backend.currentKey), this.#backend.currentKeyGroup);
  }

  /** Takes out the first key that waits for no later moment, and makes it the current one. Returns what it waited for. */
  takeDue(untilMs: EventTimeMs): KeysOfMoment | undefined {
    const moment = this.#byTime.first;
    if (moment === undefined || moment.timestampMs > untilMs) return undefined;
    moment.takeNext(this.#backend);
    if (moment.isEmpty) this.#remove(moment);
    return moment;
  }

  hasDue(untilMs: EventTimeMs): boolean {
    const moment = this.#byTime.first;
    return moment !== undefined && moment.timestampMs <= untilMs;
  }

  #momentOf(namespace: Namespace, timestampMs: EventTimeMs): KeysOfMoment {
    if (this.#last?.namespace === namespace) return this.#last;
    let moment = this.#moments.get(namespace);
    if (moment === undefined) {
      moment = new KeysOfMoment(namespace, timestampMs, this.#order++);
      this.#moments.set(namespace, moment);
      this.#byTime.add(moment);
    }
    this.#last = moment;
    return moment;
  }

  #remove(moment: KeysOfMoment): void {
    this.#byTime.remove(moment);
    this.#moments.delete(moment.namespace);
    if (this.#last === moment) this.#last = undefined;
  }
}

function passesBefore(a: KeysOfMoment, b: KeysOfMoment): boolean {
  return a.timestampMs < b.timestampMs || (a.timestampMs === b.timestampMs && a.order < b.order);
}
