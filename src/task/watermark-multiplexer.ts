/**
 * Combines the watermarks of the splits of one source subtask: the minimum over the splits that are not idle. Semantics are
 * those of Flink's WatermarkOutputMultiplexer: a split's watermark never falls, the combined one never falls, and when the last
 * split becomes idle the highest of all is sent before the idle status.
 */
import { WATERMARK_MIN } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import { must } from '../base/assert.ts';

export interface WatermarkSink {
  emitWatermark(watermarkMs: EventTimeMs): void;
  /** May be called again while idle. */
  markIdle(): void;
}

interface Partial {
  watermarkMs: EventTimeMs;
  isIdle: boolean;
}

export class WatermarkMultiplexer {
  readonly #sink: WatermarkSink;
  readonly #partials = new Map<string, Partial>();
  #combinedMs: EventTimeMs = WATERMARK_MIN;

  constructor(sink: WatermarkSink) {
    this.#sink = sink;
  }

  get combinedMs(): EventTimeMs {
    return this.#combinedMs;
  }

  register(id: string): void {
    this.#partials.set(id, { watermarkMs: WATERMARK_MIN, isIdle: false });
  }

  unregister(id: string): void {
    this.#partials.delete(id);
  }

  /** What the split was last heard with. */
  watermarkOf(id: string): EventTimeMs {
    return must(this.#partials.get(id), `split '${id}'`).watermarkMs;
  }

  /** Counts at once: watermarks that a generator sends in onEvent. */
  emitImmediate(id: string, watermarkMs: EventTimeMs): void {
    if (this.#raise(id, watermarkMs) && watermarkMs > this.#combinedMs) this.emitPeriodic();
  }

  /** Counts at the next `emitPeriodic`. */
  emitDeferred(id: string, watermarkMs: EventTimeMs): void {
    this.#raise(id, watermarkMs);
  }

  markIdleDeferred(id: string): void {
    must(this.#partials.get(id), `split '${id}'`).isIdle = true;
  }

  markIdleImmediate(id: string): void {
    this.markIdleDeferred(id);
    this.emitPeriodic();
  }

  emitPeriodic(): void {
    let minimumMs = Number.POSITIVE_INFINITY;
    let maximumMs: EventTimeMs = WATERMARK_MIN;
    let hasActive = false;
    for (const partial of this.#partials.values()) {
      maximumMs = Math.max(maximumMs, partial.watermarkMs);
      if (partial.isIdle) continue;
      hasActive = true;
      minimumMs = Math.min(minimumMs, partial.watermarkMs);
    }
    this.#advance(hasActive ? minimumMs : maximumMs);
    if (!hasActive) this.#sink.markIdle();
  }

  #advance(watermarkMs: EventTimeMs): void {
    if (watermarkMs <= this.#combinedMs) return;
    this.#combinedMs = watermarkMs;
    this.#sink.emitWatermark(watermarkMs);
  }

  #raise(id: string, watermarkMs: EventTimeMs): boolean {
    const partial = must(this.#partials.get(id), `split '${id}'`);
    partial.isIdle = false;
    if (watermarkMs <= partial.watermarkMs) return false;
    partial.watermarkMs = watermarkMs;
    return true;
  }
}
