/**
 * The workload's random numbers: a stream for each event number and purpose ("salt"), made of 32-bit integer operations, so that
 * every language makes the same ones.
 */
const GOLDEN = 0x9e3779b1;
const SALT = 0x85ebca6b;
const STEP = 0x6d2b79f5;

export class Random {
  #state = 0;

  /** Begins the stream of event `n`. */
  seed(n: number, salt: number): this {
    this.#state = Math.imul(n, GOLDEN) ^ Math.imul(salt, SALT);
    return this;
  }

  /** 32 bits, unsigned. */
  next(): number {
    this.#state = (this.#state + STEP) | 0;
    const a = this.#state;
    const t = Math.imul(a ^ (a >>> 15), a | 1);
    const u = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return (u ^ (u >>> 14)) >>> 0;
  }

  /** Uniform integer in [0, bound), bound < 2^20: the product is exact in a double. */
  below(bound: number): number {
    return Math.floor((this.next() * bound) / 2 ** 32);
  }
}
