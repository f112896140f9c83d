/**
 * The output of one subtask into one exchange: finds the channel of each record and holds what a channel has no room for.
 *
 * `emit` never fails for want of room and never blocks, because a user function cannot be left in the middle. What does not fit
 * waits, in order and control elements included, in the overflow of its channel. The subtask does not run a step while
 * `isBlocked`: so the overflow is bounded by what one call of user code emits.
 */
import { assert } from '../base/assert.ts';
import type { ChannelWriter } from '../base/channel.ts';
import type { ControlElement } from '../base/elements.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { ChannelSelector } from './partitioner.ts';
import { OverflowQueue } from './overflow-queue.ts';

export class RecordWriter {
  readonly #outputs: readonly OverflowQueue[];
  readonly #selector: ChannelSelector;
  readonly #isBroadcast: boolean;
  /** Outputs with overflow. Kept as a number because `isBlocked` is asked after each record. */
  #blockedCount = 0;
  #recordsWritten = 0;

  /** @param channels in the order of their downstream subtasks; for 'forward' and 'rescale' only those of this subtask's group */
  constructor(channels: readonly ChannelWriter[], selector: ChannelSelector) {
    this.#outputs = channels.map((channel) => new OverflowQueue(channel));
    this.#selector = selector;
    this.#isBroadcast = selector.isBroadcast;
  }

  /** Throws only what the job's own code throws (key selector, encoding of a registered class) or its value deserves. */
  emit(value: unknown, timestampMs: EventTimeMs): void {
    const keyGroup = this.#selector.keyGroupOf(value);
    if (this.#isBroadcast) {
      for (const output of this.#outputs) this.#write(output, value, timestampMs, keyGroup);
    } else {
      const output = this.#outputs[this.#selector.channelOf(keyGroup)];
      assert(output !== undefined, 'A record for a channel that does not exist');
      this.#write(output, value, timestampMs, keyGroup);
    }
    this.#recordsWritten++;
  }

  /** To every channel, behind all records emitted so far. */
  broadcast(element: ControlElement): void {
    for (const output of this.#outputs) {
      const wasEmpty = output.isEmpty;
      output.writeControl(element);
      if (wasEmpty && !output.isEmpty) this.#blockedCount++;
    }
  }

  /** True when no overflow is left. */
  drain(): boolean {
    if (this.#blockedCount === 0) return true;
    for (const output of this.#outputs) {
      if (!output.isEmpty && output.drain()) this.#blockedCount--;
    }
    return this.#blockedCount === 0;
  }

  get isBlocked(): boolean {
    return this.#blockedCount > 0;
  }

  /** Elements that wait now. */
  get overflowRecords(): number {
    return this.#outputs.reduce((sum, output) => sum + output.size, 0);
  }

  /** Called at the end of each step of the subtask. */
  flush(): void {
    for (const output of this.#outputs) output.channel.flush();
  }

  /** True while something was written that its consumer cannot see yet. */
  get hasUnflushed(): boolean {
    for (const output of this.#outputs) if (output.channel.hasUnflushed) return true;
    return false;
  }

  /** Records emitted; one that goes to all channels counts once. */
  get recordsWritten(): number {
    return this.#recordsWritten;
  }

  get bytesWritten(): number {
    return this.#outputs.reduce((sum, output) => sum + output.channel.bytesWritten, 0);
  }

  #write(output: OverflowQueue, value: unknown, timestampMs: EventTimeMs, keyGroup: number): void {
    if (output.isEmpty) {
      if (output.channel.offerRecord(value, timestampMs, keyGroup)) return;
      this.#blockedCount++;
    }
    output.holdRecord(value, timestampMs, keyGroup);
  }
}
