import { NO_KEY_GROUP } from '../base/elements.ts';
import type { ChannelWriter } from '../base/channel.ts';
import type { ControlElement } from '../base/elements.ts';
import { NO_TIMESTAMP } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';

/** A record, or a control element in its place. */
interface WaitingElement {
  readonly value: unknown;
  readonly timestampMs: EventTimeMs;
  readonly keyGroup: number;
  readonly control: ControlElement | undefined;
}

/** What one channel had no room for, in order. Unbounded by itself; see record-writer.ts for what bounds it. */
export class OverflowQueue {
  readonly channel: ChannelWriter;
  readonly #waiting: WaitingElement[] = [];
  /** Elements of `#waiting` that the channel has taken since. */
  #taken = 0;

  constructor(channel: ChannelWriter) {
    this.channel = channel;
  }

  get size(): number {
    return this.#waiting.length - this.#taken;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  holdRecord(value: unknown, timestampMs: EventTimeMs, keyGroup: number): void {
    this.#waiting.push({ value, timestampMs, keyGroup, control: undefined });
  }

  writeControl(element: ControlElement): void {
    if (this.isEmpty && this.channel.offerControl(element)) return;
    this.#waiting.push({ value: undefined, timestampMs: NO_TIMESTAMP, keyGroup: NO_KEY_GROUP, control: element });
  }

  /** Offers what waits to the channel; true when nothing is left. */
  drain(): boolean {
    while (this.#taken < this.#waiting.length) {
      const element = this.#waiting[this.#taken];
      if (element !== undefined && !this.#offer(element)) return false;
      this.#taken++;
    }
    this.#waiting.length = 0;
    this.#taken = 0;
    return true;
  }

  #offer(element: WaitingElement): boolean {
    if (element.control !== undefined) return this.channel.offerControl(element.control);
    return this.channel.offerRecord(element.value, element.timestampMs, element.keyGroup);
  }
}
