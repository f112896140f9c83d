/**
 * How many records a subtask may take before it looks at the clock again: as many as fit in half a millisecond, so that a round
 * over the subtasks of a slot stays near one. Slow user code shrinks the batch to single records.
 */
const TARGET_MS = 0.5;
const LIMIT_MIN = 1;
const LIMIT_MAX = 4096;

export class BatchSize {
  #limit = 64;

  get limit(): number {
    return this.#limit;
  }

  /** The last batch took this long. */
  measured(elapsedMs: number): void {
    if (elapsedMs > 2 * TARGET_MS) this.#limit = Math.max(LIMIT_MIN, this.#limit >> 1);
    else if (elapsedMs < TARGET_MS) this.#limit = Math.min(LIMIT_MAX, this.#limit * 2);
  }
}
