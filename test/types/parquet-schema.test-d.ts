import { describe, expectTypeOf, it } from 'vitest';
import { ParquetSource, parquetSchema } from '../../src/connectors/parquet/index.ts';
import type { Source } from '../../src/base/source.ts';

const flight = parquetSchema({ date: 'timestamp', delay: 'int', gate: 'string?', price: 'bigint?', tags: 'json' });

interface Flight {
  date: Date;
  delay: number;
  gate: string | null;
  price: bigint | null;
  tags: unknown;
}

describe('parquetSchema', () => {
  it('gives the type of the rows', () => {
    expectTypeOf(ParquetSource.of(flight, 'x', { ordered: 'date' })).toExtend<Source<Flight>>();
    expectTypeOf<NonNullable<typeof flight.row>>().toEqualTypeOf<Flight>();
  });

  it('knows its types and the names of its columns', () => {
    // @ts-expect-error there is no such type
    parquetSchema({ delay: 'long' });
    // @ts-expect-error there is no such column
    ParquetSource.of(flight, 'x', { ordered: 'arrival' });
    // @ts-expect-error with a schema, its types decide
    ParquetSource.of(flight, 'x', { bigint: true });
  });

  it('knows nothing of the rows without a schema', () => {
    expectTypeOf(ParquetSource.of(undefined, 'x', { bigint: true })).toExtend<
      Source<Readonly<Record<string, unknown>>>
    >();
  });
});
