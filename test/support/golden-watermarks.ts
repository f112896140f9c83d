/** The watermark generators of the recorded jobs. Free of any test framework, so that job modules can have them. */
import { WATERMARK_MIN } from '../../src/base/event-time.ts';
import type { EventTimeMs } from '../../src/base/event-time.ts';
import type { WatermarkGenerator } from '../../src/base/watermark-strategy.ts';
import type { Element, InputLine } from './golden-replay.ts';

/** Sends a watermark after each record with v < 0, and is idle from a record with v = 99 to its next watermark. */
export class PunctuatedGenerator implements WatermarkGenerator {
  #isIdle = false;

  onEvent(timestampMs: EventTimeMs, value: unknown): EventTimeMs | undefined {
    const { v } = value as Element; // the case has such records only
    this.#isIdle = v === 99 || (this.#isIdle && v >= 0);
    return v < 0 ? timestampMs : undefined;
  }

  current(): EventTimeMs {
    return WATERMARK_MIN;
  }

  isIdle(): boolean {
    return this.#isIdle;
  }

  snapshot(): unknown {
    return this.#isIdle;
  }

  restore(state: unknown): void {
    this.#isIdle = state === true;
  }
}

/** Sends a watermark of its timestamp - 1 after each record. */
export class EachRecordGenerator implements WatermarkGenerator {
  onEvent(timestampMs: EventTimeMs): EventTimeMs {
    return timestampMs - 1;
  }

  current(): EventTimeMs {
    return WATERMARK_MIN;
  }

  snapshot(): null {
    return null;
  }

  restore(): void {}
}

/** Of a stream of input lines: sends the watermark of each line that is one. */
export class LinesGenerator implements WatermarkGenerator {
  #watermarkMs: EventTimeMs = WATERMARK_MIN;

  onEvent(_timestampMs: EventTimeMs, value: unknown): EventTimeMs | undefined {
    const { watermark } = value as InputLine; // the stream has such records only
    if (typeof watermark !== 'number') return undefined;
    this.#watermarkMs = watermark;
    return watermark;
  }

  current(): EventTimeMs {
    return this.#watermarkMs;
  }

  snapshot(): EventTimeMs {
    return this.#watermarkMs;
  }

  restore(state: unknown): void {
    this.#watermarkMs = Number(state);
  }
}
