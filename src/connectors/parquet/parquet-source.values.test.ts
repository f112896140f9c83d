import { describe, expect, it } from 'vitest';
import { memoryEnvironment } from '../../../test/support/memory-environment.ts';
import {
  CONVERTED,
  decimalLogical,
  emptyLogical,
  timestamp,
  writeParquet,
} from '../../../test/support/parquet-writer.ts';
import type { WrittenColumn } from '../../../test/support/parquet-writer.ts';
import { readSource } from '../../../test/support/read-source.ts';
import { writeFiles } from '../../../test/support/write-files.ts';
import { ParquetSource } from './parquet-source.ts';
import type { UntypedParquetOptions } from './parquet-source.ts';

/** The values of the column 'x' as rows have them. */
async function valuesOf(
  column: Omit<WrittenColumn, 'name'>,
  options: UntypedParquetOptions = {},
): Promise<readonly unknown[]> {
  const environment = memoryEnvironment();
  await writeFiles(environment.files, { '/in/x.parquet': writeParquet([{ name: 'x', ...column }]) });
  const rows = await readSource(ParquetSource.of(undefined, '/in/x.parquet', options), environment);
  return rows.map((row) => row['x']);
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.of(...values);
const LARGE = 2n ** 53n;

describe('values of Parquet files', () => {
  it.each<[string, Omit<WrittenColumn, 'name'>, readonly unknown[]]>([
    ['BOOLEAN', { type: 'BOOLEAN', values: [true, false, null, true] }, [true, false, null, true]],
    ['INT32', { type: 'INT32', values: [-1, null, 2 ** 31 - 1] }, [-1, null, 2 ** 31 - 1]],
    ['INT64', { type: 'INT64', values: [-5n, null, LARGE - 1n] }, [-5, null, Number(LARGE - 1n)]],
    ['UINT_32', { type: 'INT32', values: [-1], converted: CONVERTED.UINT_32 }, [4_294_967_295]],
    ['FLOAT', { type: 'FLOAT', values: [0.5, Number.NaN] }, [0.5, Number.NaN]],
    ['DOUBLE', { type: 'DOUBLE', values: [0.1, Number.POSITIVE_INFINITY, -0] }, [0.1, Number.POSITIVE_INFINITY, -0]],
    [
      'FLOAT16',
      { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 2, values: [bytes(0, 0x3e)], logical: emptyLogical(15) },
      [1.5],
    ],
    ['UTF8', { type: 'BYTE_ARRAY', values: ['Zürich', '', null], converted: CONVERTED.UTF8 }, ['Zürich', '', null]],
    ['STRING', { type: 'BYTE_ARRAY', values: ['a'], logical: emptyLogical(1) }, ['a']],
    ['bytes', { type: 'BYTE_ARRAY', values: [bytes(1, 2)] }, [bytes(1, 2)]],
    ['fixed bytes', { type: 'FIXED_LEN_BYTE_ARRAY', typeLength: 2, values: [bytes(1, 2)] }, [bytes(1, 2)]],
    ['JSON', { type: 'BYTE_ARRAY', values: ['{"a":[1]}'], logical: emptyLogical(12) }, [{ a: [1] }]],
    ['old JSON', { type: 'BYTE_ARRAY', values: ['null'], converted: CONVERTED.JSON }, [null]],
    [
      'UUID',
      {
        type: 'FIXED_LEN_BYTE_ARRAY',
        typeLength: 16,
        values: [Uint8Array.from({ length: 16 }, (_, index) => index)],
        logical: emptyLogical(14),
      },
      ['00010203-0405-0607-0809-0a0b0c0d0e0f'],
    ],
    [
      'DATE',
      { type: 'INT32', values: [-1, 1], converted: CONVERTED.DATE },
      [new Date(-86_400_000), new Date(86_400_000)],
    ],
    ['new DATE', { type: 'INT32', values: [1], logical: emptyLogical(6) }, [new Date(86_400_000)]],
    ['TIMESTAMP_MILLIS', { type: 'INT64', values: [-7n], converted: CONVERTED.TIMESTAMP_MILLIS }, [new Date(-7)]],
    ['TIMESTAMP_MICROS', { type: 'INT64', values: [7000n], converted: CONVERTED.TIMESTAMP_MICROS }, [new Date(7)]],
    [
      'zoneless MICROS',
      { type: 'INT64', values: [7000n, null], logical: timestamp('MICROS', false) },
      [new Date(7), null],
    ],
    [
      'NANOS',
      { type: 'INT64', values: [1_700_000_000_123_000_000n], logical: timestamp('NANOS', true) },
      [new Date(1_700_000_000_123)],
    ],
    ['INT96', { type: 'INT96', values: [(2_440_589n << 64n) | 5_000_000n] }, [new Date(86_400_005)]],
    ['DECIMAL in INT32', { type: 'INT32', values: [-12345], converted: CONVERTED.DECIMAL, scale: 2 }, [-123.45]],
    ['DECIMAL in INT64', { type: 'INT64', values: [110n], logical: decimalLogical(3, 18) }, [0.11]],
    [
      'DECIMAL in bytes',
      { type: 'BYTE_ARRAY', values: [bytes(0xff, 0x00)], converted: CONVERTED.DECIMAL, scale: 1 },
      [-25.6],
    ],
    [
      'DECIMAL in fixed bytes',
      {
        type: 'FIXED_LEN_BYTE_ARRAY',
        typeLength: 9,
        values: [bytes(0, 0, 0, 0, 0, 0, 0, 1, 0)],
        converted: CONVERTED.DECIMAL,
        scale: 0,
      },
      [256],
    ],
  ])('%s', async (_, column, expected) => {
    expect(await valuesOf(column)).toEqual(expected);
  });

  it('keeps INT64 and DECIMAL as bigints when it is told to', async () => {
    const options = { bigint: true };
    expect(await valuesOf({ type: 'INT64', values: [LARGE + 1n, null] }, options)).toEqual([LARGE + 1n, null]);
    expect(await valuesOf({ type: 'INT64', values: [-1n], converted: CONVERTED.UINT_64 }, options)).toEqual([
      2n ** 64n - 1n,
    ]);
    const decimal = { type: 'INT64', values: [12345n], converted: CONVERTED.DECIMAL, scale: 2 } as const;
    expect(await valuesOf(decimal, options)).toEqual([12345n]);
  });

  it.each<[string, Omit<WrittenColumn, 'name'>, string]>([
    ['INT64', { type: 'INT64', values: [1n, null, LARGE] }, '9007199254740992'],
    ['INT64 in a dictionary', { type: 'INT64', values: [1n, 1n, -LARGE], isDictionary: true }, '-9007199254740992'],
    ['UINT_64', { type: 'INT64', values: [1n, 1n, -1n], converted: CONVERTED.UINT_64 }, '18446744073709551615'],
    [
      'DECIMAL',
      { type: 'INT64', values: [1n, 1n, LARGE], converted: CONVERTED.DECIMAL, scale: 2 },
      '9007199254740992e-2',
    ],
  ])('names column and row of a %s that no number can hold', async (_, column, digits) => {
    await expect(valuesOf(column)).rejects.toMatchObject({
      code: 'NUMBER_NOT_SAFE',
      message: `Reading column 'x' at row 2 of '/in/x.parquet' failed: ${digits} cannot be held exactly by a number`,
    });
  });

  it('counts rows from the beginning of the file', async () => {
    const environment = memoryEnvironment();
    const column: WrittenColumn = { name: 'x', type: 'INT64', values: [1n, LARGE], isDictionary: true };
    await writeFiles(environment.files, { '/in/x.parquet': writeParquet([column], { rowGroupRows: 1 }) });
    await expect(readSource(ParquetSource.of(undefined, '/in/x.parquet'), environment)).rejects.toMatchObject({
      message: expect.stringContaining('at row 1 ') as string,
    });
  });

  it.each<[string, Omit<WrittenColumn, 'name'>, Date]>([
    ['MICROS', { type: 'INT64', values: [-1500n], logical: timestamp('MICROS', true) }, new Date(-2)],
    ['NANOS', { type: 'INT64', values: [-1n], logical: timestamp('NANOS', true) }, new Date(-1)],
    ['INT96', { type: 'INT96', values: [(2_440_588n << 64n) | 1n] }, new Date(0)],
  ])('refuses a part of %s below a millisecond, or drops it towards the past', async (_, column, truncated) => {
    await expect(valuesOf(column)).rejects.toMatchObject({
      code: 'RECORD_MALFORMED',
      message: expect.stringMatching(/'x' at row 0 .*truncate/) as string,
    });
    expect(await valuesOf(column, { truncate: true })).toEqual([truncated]);
  });

  it('refuses text in a JSON column that is not JSON', async () => {
    const column = { type: 'BYTE_ARRAY', values: ['{'], converted: CONVERTED.JSON } as const;
    await expect(valuesOf(column)).rejects.toMatchObject({ code: 'RECORD_MALFORMED' });
  });

  it('gives structs with numbers, dates and nulls', async () => {
    const environment = memoryEnvironment();
    const columns: readonly WrittenColumn[] = [
      { name: 'n', type: 'INT64', values: [1n, 2n], inStruct: 'x' },
      { name: 't', type: 'INT64', values: [7000n, null], inStruct: 'x', logical: timestamp('MICROS', true) },
      { name: 'n', type: 'INT32', values: [9, 8] },
    ];
    await writeFiles(environment.files, { '/in/x.parquet': writeParquet(columns) });
    const rows = await readSource(ParquetSource.of(undefined, '/in/x.parquet'), environment);
    expect(rows).toEqual([
      { x: { n: 1, t: new Date(7) }, n: 9 },
      { x: { n: 2, t: null }, n: 8 },
    ]);
  });

  it('makes own properties of every column name', async () => {
    const environment = memoryEnvironment();
    const names = ['__proto__', 'constructor', '"]; throw 1; ["', 'line\nend'];
    const columns = names.map((name): WrittenColumn => ({ name, type: 'INT32', values: [1] }));
    await writeFiles(environment.files, { '/in/x.parquet': writeParquet(columns) });
    const [row] = await readSource(ParquetSource.of(undefined, '/in/x.parquet'), environment);
    expect(Object.keys(row ?? {})).toEqual(names);
  });
});
