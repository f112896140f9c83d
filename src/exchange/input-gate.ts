/**
 * The input side of a subtask: all channels of all its inputs, polled in turn. Blocked channels (those whose barrier is in while
 * others are awaited) and ended ones are passed over. Called only by the subtask, between other calls of it.
 */
import { assert, must } from '../base/assert.ts';
import type { ChannelReader } from '../base/channel.ts';
import type { ControlElement, ElementHandler } from '../base/elements.ts';
import type { EventTimeMs } from '../base/event-time.ts';

export interface InputChannel {
  readonly reader: ChannelReader;
  /** Input of the head operator that the channel belongs to. */
  readonly inputIndex: number;
}

export interface GateHandler {
  /** Returns false to stop the poll after this record. */
  onRecord(channelIndex: number, value: unknown, timestampMs: EventTimeMs, keyGroup: number): boolean;
  /** The poll stops after a control element, so that the subtask can act on it before anything else comes in. */
  onControl(channelIndex: number, element: ControlElement): void;
}

/** Records taken from one channel before the next has its turn. Keeps channels of one gate close to each other in event time. */
const RECORDS_PER_TURN = 128;

export class InputGate {
  readonly #channels: readonly GateChannel[];
  /** Whose turn it is. */
  #next = 0;

  constructor(channels: readonly InputChannel[]) {
    this.#channels = channels.map((channel, index) => new GateChannel(channel, index));
  }

  get channelCount(): number {
    return this.#channels.length;
  }

  inputIndexOf(channelIndex: number): number {
    return this.#channel(channelIndex).inputIndex;
  }

  block(channelIndex: number): void {
    this.#channel(channelIndex).isBlocked = true;
  }

  unblockAll(): void {
    for (const channel of this.#channels) channel.isBlocked = false;
  }

  /** True when no channel that may be read holds anything. */
  get isEmpty(): boolean {
    for (const channel of this.#channels) if (channel.isReadable && !channel.reader.isEmpty) return false;
    return true;
  }

  /** True when every channel has delivered its end of input. */
  get isFinished(): boolean {
    return this.#channels.every((channel) => channel.isFinished);
  }

  get bytesRead(): number {
    return this.#channels.reduce((sum, channel) => sum + channel.reader.bytesRead, 0);
  }

  /** Highest barrier that is in a channel and not yet read, 0 for none. */
  get announcedBarrier(): number {
    return this.#channels.reduce((highest, channel) => Math.max(highest, channel.reader.announcedBarrier), 0);
  }

  /**
   * Hands up to `limit` elements to the handler, at most RECORDS_PER_TURN from one channel at a time, and returns how many.
   * Stops after a control element and when the handler says so; the next poll starts with the next channel.
   */
  poll(handler: GateHandler, limit: number): number {
    let count = 0;
    let emptyInARow = 0;
    while (count < limit && emptyInARow < this.#channels.length) {
      const channel = this.#takeTurn();
      const taken = channel.poll(handler, Math.min(limit - count, RECORDS_PER_TURN));
      count += taken;
      if (channel.hasStopped) break;
      emptyInARow = taken === 0 ? emptyInARow + 1 : 0;
    }
    return count;
  }

  #takeTurn(): GateChannel {
    const channel = this.#channel(this.#next);
    this.#next = (this.#next + 1) % this.#channels.length;
    return channel;
  }

  #channel(channelIndex: number): GateChannel {
    return must(this.#channels[channelIndex], `channel ${channelIndex} of the gate`);
  }
}

/** Adds the channel's index to what comes out of its reader. */
class GateChannel implements ElementHandler {
  readonly reader: ChannelReader;
  readonly inputIndex: number;
  isBlocked = false;
  isFinished = false;
  /** The last poll ended because of the handler or a control element, not for want of elements. */
  hasStopped = false;
  readonly #index: number;
  #handler: GateHandler | undefined;

  constructor(channel: InputChannel, index: number) {
    this.reader = channel.reader;
    this.inputIndex = channel.inputIndex;
    this.#index = index;
  }

  get isReadable(): boolean {
    return !this.isBlocked && !this.isFinished;
  }

  poll(handler: GateHandler, limit: number): number {
    this.hasStopped = false;
    if (!this.isReadable) return 0;
    this.#handler = handler;
    return this.reader.poll(this, limit);
  }

  onRecord(value: unknown, timestampMs: EventTimeMs, keyGroup: number): boolean {
    assert(this.#handler !== undefined, 'A record outside a poll');
    const mayGoOn = this.#handler.onRecord(this.#index, value, timestampMs, keyGroup);
    if (!mayGoOn) this.hasStopped = true;
    return mayGoOn;
  }

  onControl(element: ControlElement): void {
    assert(this.#handler !== undefined, 'A control element outside a poll');
    assert(!this.isFinished, () => `A '${element.kind}' after the end of input of channel ${this.#index}`);
    this.hasStopped = true;
    if (element.kind === 'end-of-input') this.isFinished = true;
    this.#handler.onControl(this.#index, element);
  }
}
