/**
 * How late results are. Samples are written down as they are, in memory outside of the heap, and put into a histogram at the end:
 * measuring takes some nanoseconds a result and makes no garbage.
 */
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import type { Histogram } from 'hdr-histogram-js';
import type { PartKeeper } from '../parts/part-sink.ts';
import { machineNowMs } from './machine-clock.ts';

export interface LatencyResult {
  /** HdrHistogram of microseconds, encoded. */
  readonly histogram: string;
  readonly results: number;
}

export interface TimedRow {
  /** Number of the event; below 0 for what was filled in. */
  readonly n: number;
  /** ms of the machine's clock */
  readonly dueMs: number;
}

/** Numbers of the events that are measured: from, and below. */
export interface MeasuredEvents {
  readonly from: number;
  readonly end: number;
}

const US_PER_MS = 1000;
/** Longer ones are cut to this. */
const LATENCY_US_MAX = 2 ** 32 - 1;

export class LatencyKeeper implements PartKeeper<TimedRow, null, LatencyResult> {
  readonly #from: number;
  readonly #end: number;
  #samplesUs: Uint32Array;
  #count = 0;

  /** Keys are spread evenly, but for a little: a subtask that gets more takes more memory in the middle. */
  static of({ from, end }: MeasuredEvents, parallelism: number): LatencyKeeper {
    return new LatencyKeeper({ from, end }, Math.ceil((1.2 * (end - from)) / parallelism));
  }

  private constructor({ from, end }: MeasuredEvents, expected: number) {
    this.#from = from;
    this.#end = end;
    this.#samplesUs = new Uint32Array(expected);
  }

  add({ n, dueMs }: TimedRow): void {
    if (n < this.#from || n >= this.#end) return;
    if (this.#count === this.#samplesUs.length) this.#grow();
    // The clocks of two threads may differ by less than a microsecond.
    const latencyUs = Math.max(0, (machineNowMs() - dueMs) * US_PER_MS);
    this.#samplesUs[this.#count++] = Math.min(LATENCY_US_MAX, latencyUs);
  }

  /** Samples are not part of checkpoints: they would be most of them. */
  restore(): void {}

  snapshot(): null {
    return null;
  }

  result(): LatencyResult {
    const histogram = newHistogram();
    for (const sample of this.#samplesUs.subarray(0, this.#count)) histogram.recordValue(sample);
    return { histogram: encodeIntoCompressedBase64(histogram), results: this.#count };
  }

  #grow(): void {
    const larger = new Uint32Array(Math.max(1024, 2 * this.#samplesUs.length));
    larger.set(this.#samplesUs);
    this.#samplesUs = larger;
  }
}

/** Of microseconds, with three digits. */
export function newHistogram(): Histogram {
  return build({ bitBucketSize: 32, highestTrackableValue: LATENCY_US_MAX, numberOfSignificantValueDigits: 3 });
}
