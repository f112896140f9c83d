/**
 * What an output is checked by: number of rows, and the sum mod 2^32 of FNV-1a-32 over the UTF-8 bytes of each row. It does not
 * depend on the order of the rows.
 */
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

export class CheckValue {
  #rows = 0;
  #sum = 0;

  add(row: string): void {
    this.#rows++;
    this.#sum = (this.#sum + fnv1a(row)) >>> 0;
  }

  /** Of another part of the same output. */
  addAll(other: { readonly rows: number; readonly sum: number }): void {
    this.#rows += other.rows;
    this.#sum = (this.#sum + other.sum) >>> 0;
  }

  get rows(): number {
    return this.#rows;
  }

  get sum(): number {
    return this.#sum;
  }
}

/** Unsigned. */
export function fnv1a(text: string): number {
  let hash = OFFSET_BASIS;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) return fnv1aOfBytes(new TextEncoder().encode(text));
    hash = Math.imul(hash ^ code, PRIME);
  }
  return hash >>> 0;
}

function fnv1aOfBytes(bytes: Uint8Array): number {
  let hash = OFFSET_BASIS;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
}
