/**
 * How many records may be emitted at a time, at a given rate. Starts with none, and saves up no more than BURST_MS are worth:
 * neither a resumed job nor one that was held up makes up for the time that has passed.
 */
const BURST_MS = 100;

export class RecordRate {
  #recordsPerSecond: number;
  #available = 0;
  #lastMs: number;

  /** `nowMs`, here and below: a clock that never goes back. */
  constructor(recordsPerSecond: number, nowMs: number) {
    this.#recordsPerSecond = recordsPerSecond;
    this.#lastMs = nowMs;
  }

  setRate(recordsPerSecond: number, nowMs: number): void {
    this.#accrue(nowMs);
    this.#recordsPerSecond = recordsPerSecond;
  }

  /** Whole records that may be emitted now. */
  available(nowMs: number): number {
    this.#accrue(nowMs);
    return Math.floor(this.#available);
  }

  take(records: number): void {
    this.#available -= records;
  }

  /** Until the next record may be emitted; at least 1 ms. */
  msUntilNext(): number {
    return Math.max(1, Math.ceil(((1 - this.#available) * 1000) / this.#recordsPerSecond));
  }

  #accrue(nowMs: number): void {
    const earned = ((nowMs - this.#lastMs) * this.#recordsPerSecond) / 1000;
    const capacity = Math.max(1, (BURST_MS * this.#recordsPerSecond) / 1000);
    this.#available = Math.min(capacity, this.#available + earned);
    this.#lastMs = nowMs;
  }
}
