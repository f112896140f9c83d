import { describe, expect, it } from 'vitest';
import { parquetMetadata } from 'hyparquet';
import { CONVERTED, decimalLogical, timestamp, writeParquet } from '../../../test/support/parquet-writer.ts';
import type { WrittenColumn } from '../../../test/support/parquet-writer.ts';
import { planColumns } from './column-plan.ts';
import type { ColumnSettings } from './parquet-settings.ts';

const COLUMNS: readonly WrittenColumn[] = [
  { name: 'date', type: 'INT64', values: [0n], logical: timestamp('MICROS', false) },
  { name: 'delay', type: 'INT64', values: [1n] },
  { name: 'origin', type: 'BYTE_ARRAY', values: ['a'], converted: CONVERTED.UTF8 },
  { name: 'raw', type: 'BYTE_ARRAY', values: ['a'] },
  { name: 'price', type: 'INT64', values: [1n], converted: CONVERTED.DECIMAL, scale: 2 },
  { name: 'count', type: 'INT32', values: [1], logical: decimalLogical(0, 9) },
  { name: 'inner', type: 'INT32', values: [1], inStruct: 'place' },
  { name: 'money', type: 'INT32', values: [1], inStruct: 'sum', converted: CONVERTED.DECIMAL, scale: 2 },
];
const METADATA = parquetMetadata(writeParquet(COLUMNS));

function plan(settings: Partial<ColumnSettings>): string {
  const plans = planColumns('/x', METADATA, {
    schema: undefined,
    columns: undefined,
    bigint: false,
    truncate: false,
    ...settings,
  });
  return plans.map(({ name, type, isNullable }) => `${name}: ${type}${isNullable ? '?' : ''}`).join(', ');
}

describe('planColumns', () => {
  it('takes the columns of a schema, in its order, as what they may be', () => {
    expect(
      plan({
        schema: { origin: 'string', delay: 'int?', date: 'timestamp', raw: 'string', price: 'decimal', count: 'int' },
      }),
    ).toBe('origin: string, delay: int?, date: timestamp, raw: string, price: decimal, count: int');
    expect(plan({ schema: { delay: 'bigint', price: 'double?', place: 'json', raw: 'bytes' } })).toBe(
      'delay: bigint, price: double?, place: json, raw: bytes',
    );
  });

  it('lists every difference to the schema', () => {
    const schema = {
      gate: 'int',
      date: 'string',
      price: 'int',
      origin: 'timestamp',
      place: 'string',
      sum: 'json',
    } as const;
    expect(() => plan({ schema })).toThrow(
      expect.objectContaining({
        code: 'SCHEMA_MISMATCH',
        message:
          "Reading '/x' failed: column 'gate' is missing; column 'date' is INT64 (TIMESTAMP), not 'string'; " +
          "column 'price' is INT64 (DECIMAL), not 'int'; column 'origin' is BYTE_ARRAY (STRING), not 'timestamp'; " +
          "column 'place' is a nested column, not 'string'; " +
          "column 'sum' is a nested column with a DECIMAL in it, which is not supported",
      }),
    );
  });

  it('follows the file without a schema', () => {
    expect(plan({ columns: ['raw', 'delay', 'price', 'place'] })).toBe(
      'raw: bytes?, delay: int?, price: decimal?, place: json?',
    );
    expect(plan({ columns: ['delay', 'price', 'date'], bigint: true })).toBe(
      'delay: bigint?, price: bigint?, date: timestamp?',
    );
    expect(() => plan({})).toThrow(expect.objectContaining({ message: expect.stringContaining("'sum'") as string }));
    expect(() => plan({ columns: ['gate'] })).toThrow(
      expect.objectContaining({ message: expect.stringContaining('is missing') as string }),
    );
  });
});
