import { describe, expect, it } from 'vitest';
import type { ColumnPlan } from '../column-plan.ts';
import type { ParquetType } from '../parquet-schema.ts';
import { timeParsers } from '../stored-times.ts';
import type { Page } from './column-pages.ts';
import { decodeColumn } from './decoded-column.ts';

const plan = (type: ParquetType, storedAs: ColumnPlan['storedAs']): ColumnPlan => ({
  name: 'x',
  type,
  storedAs,
  scale: 0,
  isNullable: true,
  element: { name: 'x' },
});

const place = (columnPlan: ColumnPlan) => ({ path: '/x', plan: columnPlan, rowCount: 1, firstRow: 0 });

describe('decodeColumn', () => {
  it.each<[ParquetType, ColumnPlan['storedAs'], unknown]>([
    ['int', 'int', 1],
    ['string', 'text', Uint8Array.of(65)],
    ['bigint', 'int', 1n],
  ])('refuses an index behind the dictionary of %s', (type, storedAs, entry) => {
    const page: Page = {
      rowCount: 1,
      levels: undefined,
      values: { kind: 'indexes', indexes: Uint32Array.of(1), dictionary: [entry] },
    };
    expect(() => decodeColumn([page], place(plan(type, storedAs)), timeParsers(false))).toThrow(/damaged/);
  });

  it('sends with a batch only the strings that its rows have', () => {
    const strings = ['a', 'b', 'c'].map((text) => new TextEncoder().encode(text));
    const page: Page = {
      rowCount: 4,
      levels: undefined,
      values: { kind: 'indexes', indexes: Uint32Array.of(0, 2, 2, 1), dictionary: strings },
    };
    const column = decodeColumn([page], { ...place(plan('string', 'text')), rowCount: 4 }, timeParsers(false));
    expect(column.slice(1, 3).values).toEqual({ kind: 'string', codes: Uint16Array.of(0, 0), strings: ['c'] });
    expect(column.slice(2, 4).values).toEqual({ kind: 'string', codes: Uint16Array.of(0, 1), strings: ['c', 'b'] });
  });
});
