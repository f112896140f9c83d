/**
 * The part of a snapshot that is in rows. It reads chunks of rows: as they are while none of the chunk has changed since the
 * snapshot started, else from the copy that was made before the first change. Copies of a key group go when it is written.
 *
 * A group is written in pieces, with other work in between: whatever changes meanwhile is copied first, until `done`.
 */
import type { SectionWriter } from '../../section/section-writer.ts';
import type { BatchColumn } from '../../section/flat-batch.ts';
import type { TableHeader } from '../../section/section-format.ts';
import { NO_NAMESPACE } from '../../section/flat-batch.ts';
import { namespaceOfWord } from './row-place.ts';
import type { GroupRows, Rows } from './group-rows.ts';
import type { Column } from './column.ts';

export const CHUNK_ROWS = 256;

/** A value that was removed, for deltas. */
export interface Tombstone {
  readonly header: TableHeader;
  readonly key: number;
  readonly namespace: number;
  /** The epoch in which it was removed. */
  readonly stamp: number;
}

export interface RowsSnapshotScope {
  /** Rows with this stamp or a higher one are in deltas. */
  readonly sinceStamp: number;
  /** Key groups that the snapshot writes, by index. */
  readonly groupIndexes: readonly number[];
  readonly writesTombstones: boolean;
  readonly columns: readonly Column[];
}

interface GroupScope {
  readonly rows: GroupRows;
  /** Rows beyond were made later. */
  readonly rowCount: number;
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
      this.#groups[groupIndex] = { rows, rowCount: rows.rowCount, tombstones, tombstoneCount, images: [] };
    }
  }

  /** Before the first change of a row in an epoch. */
  keepImage(groupIndex: number, rows: GroupRows, row: number): void {
    const group = this.#groups[groupIndex];
    if (group === undefined || row >= group.rowCount) return;
    const chunk = Math.floor(row / CHUNK_ROWS);
    if (group.images[chunk] !== undefined) return;
    group.images[chunk] = copyOf(rows, chunk * CHUNK_ROWS, (chunk + 1) * CHUNK_ROWS);
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
    this.#groups[groupIndex] = undefined;
  }

  *#writeRows(groupIndex: number, section: SectionWriter, sinceStamp: number): Generator<number, void, void> {
    const group = this.#groups[groupIndex];
    if (group === undefined) return;
    const { rows, rowCount, images } = group;
    for (let first = 0; first < rowCount; first += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, rowCount - first);
      const image = images[first / CHUNK_ROWS];
      // A copy begins with the chunk's first row.
      const chunk = image === undefined ? { rows, first, count } : { rows: image, first: 0, count };
      for (const column of this.#scope.columns) writeColumn(section, column, chunk, sinceStamp);
      yield count;
    }
  }
}

interface Chunk {
  readonly rows: Rows;
  readonly first: number;
  readonly count: number;
}

function copyOf({ words, stride, texts, textStride }: Rows, from: number, to: number): Rows {
  const copy = words.slice(from * stride, to * stride);
  const ints = new Int32Array(copy.buffer);
  return { words: copy, ints, stride, texts: texts.slice(from * textStride, to * textStride), textStride };
}

const keys = new Float64Array(CHUNK_ROWS);
const namespaces = new Float64Array(CHUNK_ROWS);
const found = new Int32Array(CHUNK_ROWS);

/** Those of the chunk that have a value in the column and a stamp from `sinceStamp` on. */
function writeColumn(section: SectionWriter, column: Column, { rows, first, count }: Chunk, sinceStamp: number): void {
  const { words, ints, stride } = rows;
  let foundCount = 0;
  let hasNamespaces = false;
  for (let row = first; row < first + count; row++) {
    const base = row * stride;
    if (((ints[base * 2 + 3] ?? 0) & column.bit) === 0 || (ints[base * 2 + 2] ?? 0) < sinceStamp) continue;
    const namespace = words[base + 2] ?? 0;
    keys[foundCount] = words[base] ?? 0;
    namespaces[foundCount] = namespace;
    if (namespace !== NO_NAMESPACE) hasNamespaces = true;
    found[foundCount++] = row;
  }
  if (foundCount === 0) return;
  section.putBatch(column.header, {
    count: foundCount,
    fields: column.form.fields,
    keys,
    namespaces: hasNamespaces ? namespaces : undefined,
    columns: cellsOf(rows, column, foundCount),
  });
}

function cellsOf(rows: Rows, { form, at, textAt }: Column, count: number): readonly BatchColumn[] {
  let word = at;
  let text = textAt;
  return form.kinds.map((kind) => (kind === 'number' ? wordsOf(rows, word++, count) : textsOf(rows, text++, count)));
}

function wordsOf({ words, stride }: Rows, at: number, count: number): Float64Array {
  const values = new Float64Array(count);
  for (let index = 0; index < count; index++) values[index] = words[(found[index] ?? 0) * stride + at] ?? 0;
  return values;
}

function textsOf({ texts, textStride }: Rows, at: number, count: number): string[] {
  const values: string[] = [];
  for (let index = 0; index < count; index++) values.push(texts[(found[index] ?? 0) * textStride + at] ?? '');
  return values;
}
