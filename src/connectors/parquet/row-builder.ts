/**
 * Rows from columns. The function that makes a row is generated for the names of the columns, so that all rows share one shape
 * and each property is a plain store: twice as fast as filling an object name by name.
 *
 * Names come from files. They enter the source only as JSON.stringify of them, as computed keys, never bare.
 */
import { must } from '../../base/assert.ts';
import type { BatchColumn, ColumnBatch } from './column-batch.ts';

/** Gives the value of a column at an index of the batch. */
type ValueAt = (index: number) => unknown;
type RowAt<T> = (index: number) => T;
type MakeRowAt<T> = (values: readonly ValueAt[]) => RowAt<T>;

export class RowBuilder<T> {
  #names: readonly string[] = [];
  #makeRowAt: MakeRowAt<T> | undefined;

  /** How to get the rows of a batch. Batches of one input nearly always have the same columns. */
  rowsOf(batch: ColumnBatch): RowAt<T> {
    if (this.#makeRowAt === undefined || !isSame(this.#names, batch.names)) {
      this.#names = batch.names;
      this.#makeRowAt = compile<T>(batch.names);
    }
    return this.#makeRowAt(batch.columns.map(valueAt));
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

function compile<T>(names: readonly string[]): MakeRowAt<T> {
  const readers = names.map((_, index) => `v${index}`);
  const properties = names.map((name, index) => `[${JSON.stringify(name)}]: v${index}(i)`);
  const source = `'use strict'; const [${readers.join()}] = values; return (i) => ({${properties.join()}});`;
  // oxlint-disable-next-line typescript/no-implied-eval -- the header of this file says why and what may enter the source
  return new Function('values', source) as MakeRowAt<T>; // its source is made for this type
}

function valueAt({ values, nulls }: BatchColumn): ValueAt {
  const read = presentValueAt(values);
  if (nulls === undefined) return read;
  return (index) => (nulls[index] === 1 ? null : read(index));
}

function presentValueAt(column: BatchColumn['values']): ValueAt {
  switch (column.kind) {
    case 'number':
    case 'value': {
      const { values } = column;
      return (index) => values[index];
    }
    case 'time': {
      const { values } = column;
      return (index) => new Date(must(values[index], 'time'));
    }
    case 'boolean': {
      const { values } = column;
      return (index) => values[index] === 1;
    }
    case 'string': {
      const { codes, strings } = column;
      return (index) => strings[must(codes[index], 'code')];
    }
  }
}
