/**
 * The watermark generators that come with Millrace. One works per split of a source, or per subtask in the middle of a job. Its
 * state is what it needs to go on after a restore as if nothing had happened: plain data, in checkpoints.
 */
import { assert } from '../base/assert.ts';
import { WATERMARK_MIN } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { WatermarkGenerator } from '../base/watermark-strategy.ts';

/**
 * Flink's BoundedOutOfOrdernessWatermarks: no record is expected that is more than `boundMs` earlier than the latest so far. The
 * watermark is the highest timestamp − bound − 1 ms: one less, because a record with exactly that time may still come.
 */
export class BoundedOutOfOrdernessGenerator implements WatermarkGenerator {
  readonly #boundMs: number;
  #highestMs: EventTimeMs = WATERMARK_MIN;

  constructor(boundMs: number) {
    assert(Number.isSafeInteger(boundMs) && boundMs >= 0, () => `Bound of out-of-orderness ${boundMs} ms`);
    this.#boundMs = boundMs;
  }

  onEvent(timestampMs: EventTimeMs): undefined {
    if (timestampMs > this.#highestMs) this.#highestMs = timestampMs;
  }

  current(): EventTimeMs {
    return this.#highestMs - this.#boundMs - 1;
  }

  snapshot(): EventTimeMs {
    return this.#highestMs;
  }

  restore(state: unknown): void {
    assert(typeof state === 'number', 'State of a watermark generator is not a timestamp');
    this.#highestMs = state;
  }
}

/** No event time: nothing is ever late, and event-time windows fire only at the end of input. */
export class NoWatermarksGenerator implements WatermarkGenerator {
  onEvent(): undefined {}

  current(): EventTimeMs {
    return WATERMARK_MIN;
  }

  snapshot(): null {
    return null;
  }

  restore(): void {}
}
