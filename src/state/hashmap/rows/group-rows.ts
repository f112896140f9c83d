/**
 * The rows of one key group: one for each (key, namespace), in a typed array that is a hash table by itself (open addressing, linear
 * probing). A lookup touches one place of memory, nothing is allocated for it, and the garbage collector sees one array instead of
 * an object for each entry.
 *
 *   word 0   key
 *   word 1   two int32: stamp of the last change (change-tracker.ts), and a bit for each state that has a value; USED from the first
 *            value on, so that a row without values is not taken for the end of a search
 *   then     the values of each state and the namespace, at places that FlatRows gives out
 *
 * Texts of a row lie beside it in an array of their own.
 *
 * A row stays where it is until the arrays are replaced by others: `words` is then another object, and the old arrays do not
 * change any more. That is what a snapshot relies on.
 */
import { NO_NAMESPACE } from '../../section/flat-batch.ts';

export const HEADER_WORDS = 2;
/** Beside the bits of states. */
const USED = 1 << 31;
const VALUES = ~USED;

const CAPACITY_LEAST = 8;
/** Used places among eight from which on the arrays grow. */
const USED_OF_EIGHT = 5;

/** What a row is made of. Places are only added, so rows of an older layout are read in the same way. */
export interface RowLayout {
  /** Words and texts of one row. */
  readonly stride: number;
  readonly textStride: number;
  /** The word of the namespace, -1 while no row has one. */
  readonly namespaceAt: number;
}

/** Rows as they are now, or as they were. */
export interface Rows {
  readonly layout: RowLayout;
  readonly words: Float64Array;
  /** The same memory. */
  readonly ints: Int32Array;
  readonly texts: (string | undefined)[];
}

export class GroupRows implements Rows {
  layout: RowLayout;
  words: Float64Array;
  ints: Int32Array;
  texts: (string | undefined)[];
  #capacity = CAPACITY_LEAST;
  #usedCount = 0;

  constructor(layout: RowLayout) {
    this.layout = layout;
    this.words = new Float64Array(CAPACITY_LEAST * layout.stride);
    this.ints = new Int32Array(this.words.buffer);
    this.texts = emptyTexts(CAPACITY_LEAST * layout.textStride);
  }

  /** Places of rows; those without values are free. */
  get capacity(): number {
    return this.#capacity;
  }

  /** -1 when there is none. */
  find(key: number, namespace: number): number {
    const { words, ints } = this;
    const { stride, namespaceAt } = this.layout;
    if (namespaceAt < 0 && namespace !== NO_NAMESPACE) return -1;
    const mask = this.#capacity - 1;
    for (let row = hashOf(key, namespace) & mask; ; row = (row + 1) & mask) {
      const base = row * stride;
      const bits = ints[base * 2 + 3] ?? 0;
      if (bits === 0) return -1;
      if (words[base] !== key || (bits & VALUES) === 0) continue;
      if (namespaceAt < 0 || words[base + namespaceAt] === namespace) return row;
    }
  }

  /** Where the row of a key that has none goes: a free place. Its old contents may still be wanted by a snapshot. */
  placeFor(key: number, namespace: number): number {
    if ((this.#usedCount + 1) * 8 > this.#capacity * USED_OF_EIGHT) this.#rebuild(this.layout);
    const mask = this.#capacity - 1;
    let row = hashOf(key, namespace) & mask;
    while (this.presenceOf(row) !== 0) row = (row + 1) & mask;
    return row;
  }

  /** Makes a row at `placeFor`. It is there from its first value on. */
  insert(row: number, key: number, namespace: number, stamp: number): void {
    const base = row * this.layout.stride;
    if ((this.ints[base * 2 + 3] ?? 0) === 0) this.#usedCount++;
    this.words[base] = key;
    if (this.layout.namespaceAt >= 0) this.words[base + this.layout.namespaceAt] = namespace;
    this.setStamp(row, stamp);
    this.setPresence(row, 0);
  }

  /** The row has no values any more. */
  remove(row: number): void {
    const { textStride } = this.layout;
    this.texts.fill(undefined, row * textStride, (row + 1) * textStride);
  }

  keyOf(row: number): number {
    return this.words[row * this.layout.stride] ?? 0;
  }

  namespaceOf(row: number): number {
    return namespaceOfRow(this, row);
  }

  stampOf(row: number): number {
    return this.ints[row * this.layout.stride * 2 + 2] ?? 0;
  }

  setStamp(row: number, stamp: number): void {
    this.ints[row * this.layout.stride * 2 + 2] = stamp;
  }

  /** Bits of the states that have a value. */
  presenceOf(row: number): number {
    return (this.ints[row * this.layout.stride * 2 + 3] ?? 0) & VALUES;
  }

  setPresence(row: number, bits: number): void {
    this.ints[row * this.layout.stride * 2 + 3] = bits | USED;
  }

  /** Makes room for states, or namespaces, that came later. */
  widen(layout: RowLayout): void {
    this.#rebuild(layout);
  }

  /** New arrays, with room for as many rows again, without what is free. */
  #rebuild(layout: RowLayout): void {
    const old: Rows = { layout: this.layout, words: this.words, ints: this.ints, texts: this.texts };
    const rows = liveRows(old);
    this.#capacity = CAPACITY_LEAST;
    while (this.#capacity * USED_OF_EIGHT < (rows.length + 1) * 16) this.#capacity *= 2;
    this.#usedCount = rows.length;
    this.layout = layout;
    this.words = new Float64Array(this.#capacity * layout.stride);
    this.ints = new Int32Array(this.words.buffer);
    this.texts = emptyTexts(this.#capacity * layout.textStride);
    this.#move(old, rows);
  }

  #move(old: Rows, rows: Int32Array): void {
    const { words, ints } = this;
    const { stride, namespaceAt } = this.layout;
    const { stride: oldStride, namespaceAt: oldNamespaceAt } = old.layout;
    const mask = this.#capacity - 1;
    for (const oldRow of rows) {
      const from = oldRow * oldStride;
      const key = old.words[from] ?? 0;
      const namespace = oldNamespaceAt < 0 ? NO_NAMESPACE : (old.words[from + oldNamespaceAt] ?? 0);
      let row = hashOf(key, namespace) & mask;
      while (ints[row * stride * 2 + 3] !== 0) row = (row + 1) & mask;
      const to = row * stride;
      words[to] = key;
      // Not through the words: the bits of what is no number may change on the way.
      ints[to * 2 + 2] = old.ints[from * 2 + 2] ?? 0;
      ints[to * 2 + 3] = old.ints[from * 2 + 3] ?? 0;
      for (let at = HEADER_WORDS; at < oldStride; at++) words[to + at] = old.words[from + at] ?? 0;
      if (namespaceAt >= 0) words[to + namespaceAt] = namespace;
      if (this.layout.textStride > 0) this.#moveTexts(old, oldRow, row);
    }
  }

  #moveTexts({ texts, layout }: Rows, oldRow: number, row: number): void {
    for (let at = 0; at < layout.textStride; at++)
      this.texts[row * this.layout.textStride + at] = texts[oldRow * layout.textStride + at];
  }
}

function liveRows({ ints, layout }: Rows): Int32Array {
  const capacity = ints.length / 2 / layout.stride;
  const rows = new Int32Array(capacity);
  let count = 0;
  for (let row = 0; row < capacity; row++)
    if (((ints[row * layout.stride * 2 + 3] ?? 0) & VALUES) !== 0) rows[count++] = row;
  return rows.subarray(0, count);
}

export function namespaceOfRow({ words, layout: { stride, namespaceAt } }: Rows, row: number): number {
  return namespaceAt < 0 ? NO_NAMESPACE : (words[row * stride + namespaceAt] ?? 0);
}

function emptyTexts(count: number): (string | undefined)[] {
  const texts: (string | undefined)[] = [];
  for (let at = 0; at < count; at++) texts.push(undefined);
  return texts;
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
