/**
 * The workload's random numbers: a stream for each event number and purpose ("salt"), made of 32-bit integer operations, so that
 * every language makes the same ones. A stream is a counter whose values are mixed.
 *
 * As an object for what is made once, and as functions of the counter for what is made for every event: those need no memory, and
 * no draw waits for the one before it.
 */
const STEP = 0x6d2b79f5;
/** Scales 32 bits, unsigned, to [0, 1). Exact in a double. */
export const UNIT: number = 2 ** -32;

/** The counter before the first draw for event `n`. */
export function streamOf(n: number, salt: number): number {
  return Math.imul(n, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b);
}

/** The counter at the next draw. */
export function after(counter: number): number {
  return (counter + STEP) | 0;
}

/** The counter at draw `index` (1, 2, 3, ...) of a stream. */
export function nth(stream: number, index: number): number {
  return (stream + Math.imul(index, STEP)) | 0;
}

/** The draw itself: 32 bits, signed. */
export function mixed(counter: number): number {
  const t = Math.imul(counter ^ (counter >>> 15), counter | 1);
  const u = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
  return u ^ (u >>> 14);
}

/** The draw as a uniform integer in [0, bound), bound < 2^20: the product is exact in a double. */
export function below(counter: number, bound: number): number {
  return ((mixed(counter) >>> 0) * bound * UNIT) | 0;
}

export class Random {
  #counter = 0;

  /** Begins the stream of event `n`. */
  seed(n: number, salt: number): this {
    this.#counter = streamOf(n, salt);
    return this;
  }

  /** 32 bits, unsigned. */
  next(): number {
    this.#counter = after(this.#counter);
    return mixed(this.#counter) >>> 0;
  }

  /** As the function of this name. */
  below(bound: number): number {
    this.#counter = after(this.#counter);
    return below(this.#counter, bound);
  }
}
