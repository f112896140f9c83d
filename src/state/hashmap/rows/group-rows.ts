/**
 * The rows of one key group: one for each (key, namespace), in a typed array, found through an index of open addressing. Nothing is
 * allocated for an access, and the garbage collector sees one array instead of an object for each entry.
 *
 *   word 0   key
 *   word 1   two int32: stamp of the last change (change-tracker.ts), and a bit for each state that has a value
 *   word 2   namespace, NO_NAMESPACE for none
 *   then     the values of each state, at places that FlatRows gives out
 *
 * Texts of a row lie beside it in an array of their own.
 *
 * A row whose bits are all 0 is free. Rows stay where they are while they live, and states are only added behind the others: a copy of
 * rows made earlier, with fewer words, is read in the same way.
 */
import { must } from '../../../base/assert.ts';
import { NO_NAMESPACE } from '../../section/flat-batch.ts';

const KEY = 0;
const NAMESPACE = 2;
export const HEADER_WORDS = 3;

const ROWS_LEAST = 8;
const INDEX_LEAST = 16;

/** Rows as they are now, or as they were. */
export interface Rows {
  readonly words: Float64Array;
  /** The same memory. */
  readonly ints: Int32Array;
  /** Words of one row. */
  readonly stride: number;
  readonly texts: (string | undefined)[];
  /** Texts of one row. */
  readonly textStride: number;
}

export class GroupRows implements Rows {
  words: Float64Array;
  ints: Int32Array;
  stride: number;
  texts: (string | undefined)[] = [];
  textStride: number;
  /** Rows up to here are or were in use. */
  rowCount: number = 0;
  #free: number[] = [];
  /** Row + 1, 0 where there is none. At most half full. */
  #index = new Int32Array(INDEX_LEAST);
  #mask: number = INDEX_LEAST - 1;
  #liveCount = 0;

  constructor(stride: number, textStride: number) {
    this.stride = stride;
    this.textStride = textStride;
    this.words = new Float64Array(ROWS_LEAST * stride);
    this.ints = new Int32Array(this.words.buffer);
  }

  /** -1 when there is none. */
  find(key: number, namespace: number): number {
    const { words, stride } = this;
    const index = this.#index;
    const mask = this.#mask;
    for (let at = hashOf(key, namespace) & mask; ; at = (at + 1) & mask) {
      const row = (index[at] ?? 0) - 1;
      if (row < 0) return -1;
      const base = row * stride;
      if (words[base + KEY] === key && words[base + NAMESPACE] === namespace) return row;
    }
  }

  /** The place of the next row that is made. Its old contents may still be wanted by a snapshot. */
  nextRow(): number {
    return this.#free.at(-1) ?? this.rowCount;
  }

  /** Makes the row of a key that has none, at `nextRow`. */
  insert(key: number, namespace: number, stamp: number): number {
    const row = this.nextRow();
    if (row === this.rowCount) this.#addRow();
    else this.#free.pop();
    const base = row * this.stride;
    this.words[base + KEY] = key;
    this.words[base + NAMESPACE] = namespace;
    this.setStamp(row, stamp);
    this.setPresence(row, 0);
    if (++this.#liveCount * 2 > this.#mask) this.#growIndex();
    this.#enter(row, hashOf(key, namespace));
    return row;
  }

  /** Takes the row out; its bits are 0 already. */
  remove(row: number): void {
    const mask = this.#mask;
    const index = this.#index;
    let hole = hashOf(this.keyOf(row), this.namespaceOf(row)) & mask;
    while (index[hole] !== row + 1) hole = (hole + 1) & mask;
    // Moves up what would not be found behind the hole any more.
    for (let at = (hole + 1) & mask; index[at] !== 0; at = (at + 1) & mask) {
      const moved = must(index[at], 'place of the index') - 1;
      const home = hashOf(this.keyOf(moved), this.namespaceOf(moved)) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      index[hole] = moved + 1;
      hole = at;
    }
    index[hole] = 0;
    this.#liveCount--;
    this.texts.fill(undefined, row * this.textStride, (row + 1) * this.textStride);
    this.#free.push(row);
  }

  keyOf(row: number): number {
    return this.words[row * this.stride + KEY] ?? 0;
  }

  namespaceOf(row: number): number {
    return this.words[row * this.stride + NAMESPACE] ?? 0;
  }

  stampOf(row: number): number {
    return this.ints[row * this.stride * 2 + 2] ?? 0;
  }

  setStamp(row: number, stamp: number): void {
    this.ints[row * this.stride * 2 + 2] = stamp;
  }

  presenceOf(row: number): number {
    return this.ints[row * this.stride * 2 + 3] ?? 0;
  }

  setPresence(row: number, bits: number): void {
    this.ints[row * this.stride * 2 + 3] = bits;
  }

  /** Makes room for states that came later. */
  widen(stride: number, textStride: number): void {
    const texts: (string | undefined)[] = [];
    for (let row = 0; row < this.rowCount; row++)
      for (let at = 0; at < textStride; at++)
        texts.push(at < this.textStride ? this.texts[row * this.textStride + at] : undefined);
    this.texts = texts;
    this.textStride = textStride;
    const words = new Float64Array((this.words.length / this.stride) * stride);
    for (let row = 0; row < this.rowCount; row++)
      words.set(this.words.subarray(row * this.stride, (row + 1) * this.stride), row * stride);
    this.words = words;
    this.ints = new Int32Array(words.buffer);
    this.stride = stride;
  }

  #addRow(): void {
    this.rowCount++;
    for (let at = 0; at < this.textStride; at++) this.texts.push(undefined);
    if (this.rowCount * this.stride <= this.words.length) return;
    const words = new Float64Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
    this.ints = new Int32Array(words.buffer);
  }

  #growIndex(): void {
    this.#mask = this.#mask * 2 + 1;
    this.#index = new Int32Array(this.#mask + 1);
    for (let row = 0; row < this.rowCount; row++) {
      if (this.presenceOf(row) !== 0) this.#enter(row, hashOf(this.keyOf(row), this.namespaceOf(row)));
    }
  }

  #enter(row: number, hash: number): void {
    let at = hash & this.#mask;
    while (this.#index[at] !== 0) at = (at + 1) & this.#mask;
    this.#index[at] = row + 1;
  }
}

const scratch = new Float64Array(1);
const scratchBits = new Int32Array(scratch.buffer);

/** Not the hash that the key group comes from: the keys of one group have that in common. */
function hashOf(key: number, namespace: number): number {
  let hash = bitsOf(key);
  if (namespace !== NO_NAMESPACE) hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) ^ bitsOf(namespace);
  hash = Math.imul(hash ^ (hash >>> 16), 0x297a2d39);
  return hash ^ (hash >>> 15);
}

function bitsOf(value: number): number {
  const int = value | 0;
  if (int === value) return Math.imul(int, 0x9e3779b1);
  scratch[0] = value;
  return Math.imul((scratchBits[0] ?? 0) ^ Math.imul(scratchBits[1] ?? 0, 0x85ebca6b), 0x9e3779b1);
}
