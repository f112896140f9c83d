import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { memoryEnvironment } from '../../../test/support/memory-environment.ts';
import { CONVERTED, timestamp, writeParquet } from '../../../test/support/parquet-writer.ts';
import type { ParquetFileOptions, WrittenColumn } from '../../../test/support/parquet-writer.ts';
import { readSource } from '../../../test/support/read-source.ts';
import { writeFiles } from '../../../test/support/write-files.ts';
import { ParquetSource } from './parquet-source.ts';

interface Row {
  readonly n: bigint | null;
  readonly s: string | null;
  readonly t: number | null;
  readonly b: boolean | null;
  readonly d: number | null;
}

const some = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { freq: 4 });

const rows: fc.Arbitrary<readonly Row[]> = fc.array(
  fc.record({
    n: some(fc.maxSafeInteger().map(BigInt)),
    s: some(fc.string({ unit: 'grapheme', maxLength: 6 })),
    t: some(fc.integer({ min: -1e12, max: 1e12 })),
    b: some(fc.boolean()),
    d: some(fc.double()),
  }),
  { minLength: 1, maxLength: 60 },
);

const options: fc.Arbitrary<ParquetFileOptions & { isDictionary: boolean }> = fc.record({
  rowGroupRows: fc.integer({ min: 1, max: 40 }),
  pageRows: fc.integer({ min: 1, max: 30 }),
  codec: fc.constantFrom('UNCOMPRESSED', 'GZIP', 'BROTLI', 'ZSTD'),
  pageVersion: fc.constantFrom(1 as const, 2 as const),
  hasStatistics: fc.boolean(),
  isDictionary: fc.boolean(),
});

describe('ParquetSource', () => {
  it('reads what was written, whatever the layout', async () => {
    await fc.assert(
      fc.asyncProperty(rows, options, async (written, { isDictionary, ...layout }) => {
        const nanos = written.map(({ t }) => (t === null ? null : BigInt(t) * 1_000_000n));
        const columns: readonly WrittenColumn[] = [
          { name: 'n', type: 'INT64', values: written.map(({ n }) => n), isDictionary },
          { name: 's', type: 'BYTE_ARRAY', values: written.map(({ s }) => s), converted: CONVERTED.UTF8, isDictionary },
          { name: 't', type: 'INT64', values: nanos, logical: timestamp('NANOS', true), isDictionary },
          { name: 'b', type: 'BOOLEAN', values: written.map(({ b }) => b) },
          {
            name: 'd',
            type: 'DOUBLE',
            values: written.map(({ d }) => d),
            isDictionary: isDictionary && written.every(({ d }) => d !== 0),
          },
          { name: 'r', type: 'INT32', values: written.map((_, index) => index), isRequired: true, isDictionary },
        ];
        const environment = memoryEnvironment();
        await writeFiles(environment.files, { '/in/x.parquet': writeParquet(columns, layout) });
        const read = await readSource(ParquetSource.of(undefined, '/in/x.parquet'), environment);
        expect(read).toEqual(
          written.map(({ n, s, t, b, d }, index) => ({
            n: n === null ? null : Number(n),
            s,
            t: t === null ? null : new Date(t),
            b,
            d,
            r: index,
          })),
        );
      }),
      { numRuns: 200 },
    );
  });
});
