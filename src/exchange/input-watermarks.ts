/**
 * The watermark and idle status of a subtask with several inputs. The channels of each input are merged by themselves, and the
 * inputs are combined by the rules of Flink's CombinedWatermarkStatus, recorded in test/golden/cases/connect-*:
 *
 * - The combined watermark is the minimum over the inputs that are not idle, and only ever grows.
 * - An input that becomes active again takes part in the minimum at once, however far behind it is. (A channel of one input does
 *   not: see WatermarkMerger.)
 * - When the last active input becomes idle, the highest watermark of all inputs goes out first, then the idle status.
 */
import { must } from '../base/assert.ts';
import { WATERMARK_MIN } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import { WatermarkMerger } from './watermark-merger.ts';
import type { MergedWatermarkListener } from './watermark-merger.ts';

interface InputState {
  watermarkMs: EventTimeMs;
  isIdle: boolean;
}

/** A channel of the subtask, as the merger of its input knows it. */
interface MergedChannel {
  readonly merger: WatermarkMerger;
  readonly index: number;
}

export class InputWatermarks {
  readonly #channels: readonly MergedChannel[];
  readonly #inputs: InputState[] = [];
  readonly #listener: MergedWatermarkListener;
  #combinedMs: EventTimeMs = WATERMARK_MIN;
  #isIdle = false;

  /** @param inputOfChannel the input that each channel belongs to: 0, 1, ... */
  constructor(inputOfChannel: readonly number[], listener: MergedWatermarkListener) {
    this.#listener = listener;
    const mergers = [...channelCounts(inputOfChannel)].map((count) => this.#addInput(count));
    const taken = mergers.map(() => 0);
    this.#channels = inputOfChannel.map((input) => {
      const index = must(taken[input], 'input of a channel');
      taken[input] = index + 1;
      return { merger: must(mergers[input], 'merger of an input'), index };
    });
  }

  onWatermark(channelIndex: number, watermarkMs: EventTimeMs): void {
    const { merger, index } = this.#channel(channelIndex);
    merger.onWatermark(index, watermarkMs);
  }

  onStatus(channelIndex: number, isIdle: boolean): void {
    const { merger, index } = this.#channel(channelIndex);
    merger.onStatus(index, isIdle);
  }

  onEndOfInput(channelIndex: number): void {
    const { merger, index } = this.#channel(channelIndex);
    merger.onEndOfInput(index);
  }

  #addInput(channelCount: number): WatermarkMerger {
    const state: InputState = { watermarkMs: WATERMARK_MIN, isIdle: false };
    this.#inputs.push(state);
    return new WatermarkMerger(channelCount, {
      onWatermark: (watermarkMs) => {
        state.watermarkMs = watermarkMs;
        this.#combine();
      },
      onStatus: (isIdle) => {
        state.isIdle = isIdle;
        this.#combine();
      },
    });
  }

  #combine(): void {
    let lowestMs = Number.POSITIVE_INFINITY;
    let highestMs = WATERMARK_MIN;
    let isIdle = true;
    for (const input of this.#inputs) {
      highestMs = Math.max(highestMs, input.watermarkMs);
      if (input.isIdle) continue;
      isIdle = false;
      lowestMs = Math.min(lowestMs, input.watermarkMs);
    }
    this.#advance(isIdle ? highestMs : lowestMs);
    if (isIdle === this.#isIdle) return;
    this.#isIdle = isIdle;
    this.#listener.onStatus(isIdle);
  }

  #advance(watermarkMs: EventTimeMs): void {
    if (watermarkMs <= this.#combinedMs) return;
    this.#combinedMs = watermarkMs;
    this.#listener.onWatermark(watermarkMs);
  }

  #channel(channelIndex: number): MergedChannel {
    return must(this.#channels[channelIndex], `channel ${channelIndex}`);
  }
}

function channelCounts(inputOfChannel: readonly number[]): readonly number[] {
  const counts = Array.from({ length: Math.max(...inputOfChannel) + 1 }, () => 0);
  for (const input of inputOfChannel) counts[input] = (counts[input] ?? 0) + 1;
  return counts;
}
