import type { Random } from '../../base/environment.ts';

/** sfc32 after Chris Doty-Humphrey: small, fast, and good enough to draw schedules. Equal seeds give equal sequences for ever. */
export class SimRandom implements Random {
  #a: number;
  #b: number;
  #c = 0x9e3779b9;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    for (let warmUp = 0; warmUp < 12; warmUp++) this.#next32();
  }

  next(): number {
    return this.#next32() / 2 ** 32;
  }

  nextInt(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A generator of its own, so that more draws in one place do not shift all others. */
  fork(): SimRandom {
    return new SimRandom(this.#next32() * 2 ** 20 + (this.#next32() & 0xfffff));
  }

  #next32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }
}
