/**
 * Merges the watermarks and idle statuses of a subtask's channels into those of the subtask. The rules are those of Flink's
 * StatusWatermarkValve, recorded in test/golden/cases/union-*:
 *
 * - The merged watermark is the minimum over the aligned channels, and only ever grows.
 * - An idle channel is not aligned. When it becomes active again it stays unaligned until its own watermark has reached the
 *   merged one, so that a late starter does not hold anybody back; watermarks of an idle channel are ignored.
 * - When the last active channel becomes idle, the maximum over all channels goes out first (nobody will move the minimum any
 *   more), unless that channel was ahead of the merged watermark; then the subtask itself is idle.
 *
 * A channel that has ended counts as one whose watermark is WATERMARK_MAX. Channels restored as already ended behave the same.
 */
import { assert, must } from '../base/assert.ts';
import { WATERMARK_MAX, WATERMARK_MIN } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';

export interface MergedWatermarkListener {
  /** Strictly growing. */
  onWatermark(watermarkMs: EventTimeMs): void;
  /** Only changes are reported; a subtask starts active. */
  onStatus(isIdle: boolean): void;
}

interface ChannelState {
  /** The highest received. */
  watermarkMs: EventTimeMs;
  isIdle: boolean;
  /** Takes part in the minimum. Never true while idle. */
  isAligned: boolean;
}

export class WatermarkMerger {
  readonly #channels: readonly ChannelState[];
  readonly #listener: MergedWatermarkListener;
  #mergedMs: EventTimeMs = WATERMARK_MIN;
  #isIdle = false;

  constructor(channelCount: number, listener: MergedWatermarkListener) {
    assert(channelCount > 0, 'Merging the watermarks of no channels');
    this.#channels = Array.from({ length: channelCount }, () => ({
      watermarkMs: WATERMARK_MIN,
      isIdle: false,
      isAligned: true,
    }));
    this.#listener = listener;
  }

  get watermarkMs(): EventTimeMs {
    return this.#mergedMs;
  }

  get isIdle(): boolean {
    return this.#isIdle;
  }

  onWatermark(channelIndex: number, watermarkMs: EventTimeMs): void {
    const channel = this.#channel(channelIndex);
    if (channel.isIdle || watermarkMs <= channel.watermarkMs) return;
    channel.watermarkMs = watermarkMs;
    if (watermarkMs >= this.#mergedMs) channel.isAligned = true;
    this.#advanceToMinimum();
  }

  onStatus(channelIndex: number, isIdle: boolean): void {
    const channel = this.#channel(channelIndex);
    if (channel.isIdle === isIdle) return;
    channel.isIdle = isIdle;
    if (isIdle) this.#channelBecameIdle(channel);
    else this.#channelBecameActive(channel);
  }

  onEndOfInput(channelIndex: number): void {
    this.onStatus(channelIndex, false);
    this.onWatermark(channelIndex, WATERMARK_MAX);
  }

  #channelBecameIdle(channel: ChannelState): void {
    channel.isAligned = false;
    const heldTheMinimum = channel.watermarkMs === this.#mergedMs;
    if (this.#channels.some((other) => !other.isIdle)) {
      if (heldTheMinimum) this.#advanceToMinimum();
      return;
    }
    if (heldTheMinimum)
      this.#advance(this.#channels.reduce((highest, other) => Math.max(highest, other.watermarkMs), WATERMARK_MIN));
    this.#isIdle = true;
    this.#listener.onStatus(true);
  }

  #channelBecameActive(channel: ChannelState): void {
    if (channel.watermarkMs >= this.#mergedMs) channel.isAligned = true;
    if (!this.#isIdle) return;
    this.#isIdle = false;
    this.#listener.onStatus(false);
  }

  #advanceToMinimum(): void {
    let lowest = WATERMARK_MAX;
    let hasAligned = false;
    for (const channel of this.#channels) {
      if (!channel.isAligned) continue;
      hasAligned = true;
      if (channel.watermarkMs < lowest) lowest = channel.watermarkMs;
    }
    if (hasAligned) this.#advance(lowest);
  }

  #advance(watermarkMs: EventTimeMs): void {
    if (watermarkMs <= this.#mergedMs) return;
    this.#mergedMs = watermarkMs;
    this.#listener.onWatermark(watermarkMs);
  }

  #channel(channelIndex: number): ChannelState {
    return must(this.#channels[channelIndex], `channel ${channelIndex}`);
  }
}
