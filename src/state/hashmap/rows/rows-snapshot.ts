/**
 * The part of a snapshot that is in rows. It reads chunks of rows: as they are while none of the chunk has changed since the
 * snapshot started, else from the copy that was made before the first change. Copies of a key group go when it is written.
 *
 * A group is written in pieces, with other work in between: whatever changes meanwhile is copied first, until `done`.
 */
import { must } from '../../../base/assert.ts';
import type { SectionWriter } from '../../section/section-writer.ts';
import type { BatchColumn } from '../../section/flat-batch.ts';
import { NO_NAMESPACE } from '../../section/flat-batch.ts';
import { namespaceOfWord } from './row-place.ts';
import { namespaceOfRow } from './group-rows.ts';
import type { GroupRows, Rows } from './group-rows.ts';
import type { ChunkCopies } from './chunk-copies.ts';
import type { Column } from './column.ts';
import { FIELDS_MAX } from './flat-form.ts';
import type { Tombstone } from './tombstones.ts';

const CHUNK_ROWS = 256;
/** Passing over so many takes about as long as writing one. */
const FREE_ROWS_PER_ENTRY = 16;

export interface RowsSnapshotScope {
  /** Rows with this stamp or a higher one are in deltas. */
  readonly sinceStamp: number;
  /** Key groups that the snapshot writes, by index. */
  readonly groupIndexes: readonly number[];
  readonly writesTombstones: boolean;
  /** False with the mutant 'no-copy-before-mutation'. */
  readonly keepsImages: boolean;
  readonly columns: readonly Column[];
  readonly copies: ChunkCopies;
}

interface GroupScope {
  /** The arrays at the start. Once the group has others, these do not change any more. */
  readonly rows: Rows;
  readonly tombstones: readonly Tombstone[];
  readonly tombstoneCount: number;
  readonly images: (Rows | undefined)[];
}

interface GroupNow {
  readonly rows: GroupRows | undefined;
  readonly tombstones: readonly Tombstone[];
}

export class RowsSnapshot {
  readonly #scope: RowsSnapshotScope;
  readonly #groups: (GroupScope | undefined)[] = [];

  constructor(scope: RowsSnapshotScope, groupAt: (groupIndex: number) => GroupNow) {
    this.#scope = scope;
    for (const groupIndex of scope.groupIndexes) {
      const { rows, tombstones } = groupAt(groupIndex);
      if (rows === undefined) continue;
      const tombstoneCount = tombstones.length;
      const { layout, words, ints, texts } = rows;
      this.#groups[groupIndex] = { rows: { layout, words, ints, texts }, tombstones, tombstoneCount, images: [] };
    }
  }

  /** Before the first change of a row, or of a free place, in an epoch. */
  keepImage(groupIndex: number, rows: GroupRows, row: number): void {
    const group = this.#groups[groupIndex];
    if (group === undefined || group.rows.words !== rows.words || !this.#scope.keepsImages) return;
    const chunk = Math.floor(row / CHUNK_ROWS);
    if (group.images[chunk] !== undefined) return;
    group.images[chunk] = this.#scope.copies.copyOf(rows, chunk * CHUNK_ROWS, CHUNK_ROWS);
  }

  /** Yields after each chunk how many rows it has looked at. */
  *writeBase(groupIndex: number, section: SectionWriter): Generator<number, void, void> {
    yield* this.#writeRows(groupIndex, section, 0);
  }

  *writeTombstones(groupIndex: number, section: SectionWriter): Generator<number, void, void> {
    const group = this.#groups[groupIndex];
    if (group === undefined || !this.#scope.writesTombstones) return;
    for (let at = 0; at < group.tombstoneCount; at++) {
      const tombstone = group.tombstones[at];
      if (tombstone === undefined || tombstone.stamp < this.#scope.sinceStamp) continue;
      const { header, key, namespace } = tombstone;
      section.removeValue(header, namespaceOfWord(namespace), key);
      yield 1;
    }
  }

  *writeChanges(groupIndex: number, section: SectionWriter): Generator<number, void, void> {
    yield* this.#writeRows(groupIndex, section, this.#scope.sinceStamp);
  }

  /** The key group is written. */
  done(groupIndex: number): void {
    for (const image of this.#groups[groupIndex]?.images ?? [])
      if (image !== undefined) this.#scope.copies.giveBack(image);
    this.#groups[groupIndex] = undefined;
  }

  *#writeRows(groupIndex: number, section: SectionWriter, sinceStamp: number): Generator<number, void, void> {
    const group = this.#groups[groupIndex];
    if (group === undefined) return;
    const { rows, images } = group;
    const capacity = rows.words.length / rows.layout.stride;
    for (let first = 0; first < capacity; first += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, capacity - first);
      const image = images[first / CHUNK_ROWS];
      // A copy begins with the chunk's first row.
      const chunk = image === undefined ? { rows, first, count } : { rows: image, first: 0, count };
      let written = 0;
      for (const column of this.#scope.columns) written += writeColumn(section, column, chunk, sinceStamp);
      yield Math.max(written, Math.ceil(count / FREE_ROWS_PER_ENTRY));
    }
  }
}

interface Chunk {
  readonly rows: Rows;
  readonly first: number;
  readonly count: number;
}

/** For one batch at a time, and used again: a snapshot makes them by the thousand. */
const keys = new Float64Array(CHUNK_ROWS);
const namespaces = new Float64Array(CHUNK_ROWS);
const found = new Int32Array(CHUNK_ROWS);
const numberColumns = Array.from({ length: FIELDS_MAX }, () => new Float64Array(CHUNK_ROWS));
const textColumns = Array.from({ length: FIELDS_MAX }, (): string[] => []);

/** Those of the chunk that have a value in the column and a stamp from `sinceStamp` on; returns how many. */
function writeColumn(
  section: SectionWriter,
  column: Column,
  { rows, first, count }: Chunk,
  sinceStamp: number,
): number {
  const { words, ints } = rows;
  const { stride } = rows.layout;
  let foundCount = 0;
  let hasNamespaces = false;
  for (let row = first; row < first + count; row++) {
    const base = row * stride;
    if (((ints[base * 2 + 3] ?? 0) & column.bit) === 0 || (ints[base * 2 + 2] ?? 0) < sinceStamp) continue;
    const namespace = namespaceOfRow(rows, row);
    keys[foundCount] = words[base] ?? 0;
    namespaces[foundCount] = namespace;
    if (namespace !== NO_NAMESPACE) hasNamespaces = true;
    found[foundCount++] = row;
  }
  if (foundCount === 0) return 0;
  section.putBatch(column.header, {
    count: foundCount,
    fields: column.form.fields,
    keys,
    namespaces: hasNamespaces ? namespaces : undefined,
    columns: cellsOf(rows, column, foundCount),
  });
  return foundCount;
}

function cellsOf(rows: Rows, { form, at, textAt }: Column, count: number): readonly BatchColumn[] {
  let words = 0;
  let texts = 0;
  return form.kinds.map((kind) =>
    kind === 'number' ? wordsOf(rows, at, words++, count) : textsOf(rows, textAt, texts++, count),
  );
}

function wordsOf({ words, layout: { stride } }: Rows, at: number, index: number, count: number): Float64Array {
  const values = must(numberColumns[index], 'column of numbers');
  for (let n = 0; n < count; n++) values[n] = words[(found[n] ?? 0) * stride + at + index] ?? 0;
  return values;
}

function textsOf({ texts, layout: { textStride } }: Rows, at: number, index: number, count: number): string[] {
  const values = must(textColumns[index], 'column of texts');
  for (let n = 0; n < count; n++) values[n] = texts[(found[n] ?? 0) * textStride + at + index] ?? '';
  return values;
}
