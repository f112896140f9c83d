/**
 * What happened in a simulation, in order, as one number: a seed has replayed if and only if the hash is the same. Two 32-bit
 * hashes side by side (FNV-1a and a variant), as 16 hex digits.
 */
const DOUBLE = new Float64Array(1);
const WORDS = new Uint32Array(DOUBLE.buffer);

export type TracePart = string | number;

export class SimTrace {
  #first = 0x811c9dc5;
  #second = 0x9e3779b9;
  #count = 0;
  readonly #onNote: ((parts: readonly TracePart[]) => void) | undefined;

  /** @param onNote for whoever wants to read along */
  constructor(onNote?: (parts: readonly TracePart[]) => void) {
    this.#onNote = onNote;
  }

  get count(): number {
    return this.#count;
  }

  get hash(): string {
    const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
    return hex(this.#first) + hex(this.#second);
  }

  note(...parts: readonly TracePart[]): void {
    this.#count++;
    for (const part of parts) {
      if (typeof part === 'number') this.#number(part);
      else this.#text(part);
    }
    this.#onNote?.(parts);
  }

  #number(value: number): void {
    DOUBLE[0] = value;
    this.#mix(WORDS[0] ?? 0);
    this.#mix(WORDS[1] ?? 0);
  }

  #text(text: string): void {
    for (let index = 0; index < text.length; index++) this.#mix(text.charCodeAt(index));
    this.#mix(text.length);
  }

  #mix(word: number): void {
    this.#first = Math.imul(this.#first ^ word, 0x01000193);
    this.#second = Math.imul((this.#second << 5) ^ (this.#second >>> 27) ^ word, 0x85ebca6b);
  }
}
