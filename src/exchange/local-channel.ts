/**
 * A channel between two subtasks of one thread: the objects themselves in a ring of arrays, so that nothing is allocated for a
 * record. Values pass by reference; that is why an emitted value must not change afterwards.
 */
import { assert } from '../base/assert.ts';
import type { Channel, ChannelReader, ChannelWriter } from '../base/channel.ts';
import { NO_KEY_GROUP } from '../base/elements.ts';
import type { ControlElement, ElementHandler } from '../base/elements.ts';
import { NO_TIMESTAMP } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import { estimateBytes } from './estimate-bytes.ts';

export interface LocalChannelOptions {
  /** Records and control elements that the channel holds at most. */
  readonly capacityRecords: number;
  /** Bound on the estimated size of what it holds; one element always fits, however large. Default 4 MiB. */
  readonly capacityBytes?: number;
}

const DEFAULT_CAPACITY_BYTES = 4 * 1024 * 1024;
const CONTROL_BYTES = 64;
/** One record in so many is looked at; those in between count as much as it. */
const ESTIMATE_INTERVAL = 16;
/** In place of a key group: the value is a control element. */
const CONTROL = -2;

export function createLocalChannel(options: LocalChannelOptions): Channel {
  const queue = new LocalQueue(options.capacityRecords, options.capacityBytes ?? DEFAULT_CAPACITY_BYTES);
  return { writer: new LocalWriter(queue), reader: new LocalReader(queue) };
}

class LocalQueue {
  readonly #values: unknown[];
  readonly #timestamps: Float64Array;
  readonly #keyGroups: Int32Array;
  readonly #sizes: Float64Array;
  readonly #capacityBytes: number;
  #head = 0;
  #count = 0;
  #heldBytes = 0;
  /** All that ever went in and came out. */
  writtenBytes = 0;
  readBytes = 0;
  lastBarrierIn = 0;
  lastBarrierOut = 0;

  constructor(capacityRecords: number, capacityBytes: number) {
    assert(capacityRecords >= 1 && capacityBytes >= 1, 'A channel without room');
    this.#values = Array.from({ length: capacityRecords });
    this.#timestamps = new Float64Array(capacityRecords);
    this.#keyGroups = new Int32Array(capacityRecords);
    this.#sizes = new Float64Array(capacityRecords);
    this.#capacityBytes = capacityBytes;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get isFull(): boolean {
    return this.#count === this.#values.length || this.#heldBytes >= this.#capacityBytes;
  }

  push(value: unknown, timestampMs: EventTimeMs, keyGroup: number, sizeBytes: number): void {
    let slot = this.#head + this.#count;
    if (slot >= this.#values.length) slot -= this.#values.length;
    this.#values[slot] = value;
    this.#timestamps[slot] = timestampMs;
    this.#keyGroups[slot] = keyGroup;
    this.#sizes[slot] = sizeBytes;
    this.#count++;
    this.#heldBytes += sizeBytes;
    this.writtenBytes += sizeBytes;
  }

  /** Takes the first element out and hands it over; false when the poll ends here. The element is gone even if the handler throws. */
  shiftTo(handler: ElementHandler): boolean {
    const slot = this.#head;
    const value = this.#values[slot];
    const timestampMs = this.#timestamps[slot] ?? NO_TIMESTAMP;
    const keyGroup = this.#keyGroups[slot] ?? NO_KEY_GROUP;
    this.#release(slot);
    if (keyGroup !== CONTROL) return handler.onRecord(value, timestampMs, keyGroup);
    const element = value as ControlElement; // CONTROL says so
    if (element.kind === 'barrier') this.lastBarrierOut = element.checkpointId;
    handler.onControl(element);
    return false;
  }

  #release(slot: number): void {
    const sizeBytes = this.#sizes[slot] ?? 0;
    this.#values[slot] = undefined;
    this.#head = slot + 1 === this.#values.length ? 0 : slot + 1;
    this.#count--;
    // Sizes are whole numbers: the sum comes back to zero exactly.
    this.#heldBytes -= sizeBytes;
    this.readBytes += sizeBytes;
  }
}

class LocalWriter implements ChannelWriter {
  readonly hasUnflushed = false;
  readonly #queue: LocalQueue;
  #recordCount = 0;
  #sampledBytes = 0;

  constructor(queue: LocalQueue) {
    this.#queue = queue;
  }

  get bytesWritten(): number {
    return this.#queue.writtenBytes;
  }

  offerRecord(value: unknown, timestampMs: EventTimeMs, keyGroup: number): boolean {
    if (this.#queue.isFull) return false;
    // A large string is seen at once; other values by samples.
    if (typeof value === 'string' || this.#recordCount % ESTIMATE_INTERVAL === 0)
      this.#sampledBytes = estimateBytes(value);
    this.#recordCount++;
    this.#queue.push(value, timestampMs, keyGroup, this.#sampledBytes);
    return true;
  }

  offerControl(element: ControlElement): boolean {
    if (this.#queue.isFull) return false;
    if (element.kind === 'barrier') this.#queue.lastBarrierIn = element.checkpointId;
    this.#queue.push(element, NO_TIMESTAMP, CONTROL, CONTROL_BYTES);
    return true;
  }

  flush(): void {
    // Everything is visible at once.
  }
}

class LocalReader implements ChannelReader {
  readonly #queue: LocalQueue;

  constructor(queue: LocalQueue) {
    this.#queue = queue;
  }

  get isEmpty(): boolean {
    return this.#queue.isEmpty;
  }

  get bytesRead(): number {
    return this.#queue.readBytes;
  }

  get announcedBarrier(): number {
    return this.#queue.lastBarrierIn > this.#queue.lastBarrierOut ? this.#queue.lastBarrierIn : 0;
  }

  poll(handler: ElementHandler, limit: number): number {
    let count = 0;
    while (count < limit && !this.#queue.isEmpty) {
      count++;
      if (!this.#queue.shiftTo(handler)) break;
    }
    return count;
  }
}
