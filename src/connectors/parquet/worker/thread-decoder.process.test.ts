import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MillraceError } from '../../../base/errors.ts';
import type { ColumnBatch } from '../column-batch.ts';
import { BATCHES_AHEAD } from '../parquet-decoder.ts';
import type { ParquetDecoder, RowGroupDecoding, RowGroupRequest } from '../parquet-decoder.ts';
import type { FileVersion } from '../parquet-file.ts';
import { RowBuilder } from '../row-builder.ts';
import { openDecoder } from './thread-decoder.ts';

const FLIGHTS = fileURLToPath(
  new URL('../../../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);
const ROWS_PER_GROUP = 272_727;
const SCHEMA = { date: 'timestamp', delay: 'int', distance: 'int', origin: 'string', destination: 'string' } as const;

/** Collects what comes, and lets a test wait for it. */
class Received {
  readonly batches: ColumnBatch[] = [];
  end: number | undefined;
  error: unknown;
  #onChange: () => void = () => {};

  readonly listener = {
    onBatch: (batch: ColumnBatch): void => this.#changed(() => this.batches.push(batch)),
    onEnd: (storedBytes: number): void => this.#changed(() => (this.end = storedBytes)),
    onError: (error: unknown): void => this.#changed(() => (this.error = error)),
  };

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
  }

  #changed(change: () => unknown): void {
    change();
    this.#onChange();
  }
}

describe('the helper thread', () => {
  let decoder: ParquetDecoder;
  let file: FileVersion;

  beforeEach(async () => {
    decoder = openDecoder();
    const { size, mtimeMs } = await stat(FLIGHTS);
    file = { path: FLIGHTS, sizeBytes: size, modifiedMs: mtimeMs };
  });

  afterEach(() => decoder.close());

  const request = (rowGroup: number, fromRow = 0, version: FileVersion = file): RowGroupRequest => ({
    file: version,
    rowGroup,
    fromRow,
    columns: { schema: SCHEMA, columns: undefined, bigint: false, truncate: false },
  });

  function rowsOf(batches: readonly ColumnBatch[]): readonly unknown[] {
    const builder = new RowBuilder<unknown>();
    return batches.flatMap((batch) => {
      const rowAt = builder.rowsOf(batch);
      return Array.from({ length: batch.rowCount }, (_, index) => rowAt(index));
    });
  }

  it('gives the rows that hyparquet gives', async () => {
    const received = new Received();
    const fromRow = ROWS_PER_GROUP - 20_000;
    decoder.decode(request(3, fromRow), received.listener);
    await received.until(() => received.end !== undefined);
    const rowStart = 3 * ROWS_PER_GROUP + fromRow;
    const expected = await parquetReadObjects({
      file: await asyncBufferFromFile(FLIGHTS),
      rowStart,
      rowEnd: rowStart + 20_000,
      compressors: (await import('./decompress.ts')).decompressors,
    });
    const asNumbers = expected.map((row) => ({
      ...row,
      delay: Number(row['delay']),
      distance: Number(row['distance']),
    }));
    expect(received.batches.map(({ rowCount }) => rowCount)).toEqual([16_384, 3616]);
    expect(rowsOf(received.batches)).toEqual(asNumbers);
  });

  it('sends no more batches than there is room for', async () => {
    const received = new Received();
    const other = new Received();
    const decoding = decoder.decode(request(0), received.listener);
    await received.until(() => received.batches.length === BATCHES_AHEAD);
    // Whatever else the first one sends comes before the second one's end.
    decoder.decode(request(0, ROWS_PER_GROUP - 1), other.listener);
    await other.until(() => other.end !== undefined);
    expect(received.batches).toHaveLength(BATCHES_AHEAD);
    decoding.release();
    await received.until(() => received.batches.length === BATCHES_AHEAD + 1);
  });

  it('sends nothing more of a decoding that was closed', async () => {
    const received = new Received();
    const other = new Received();
    const decoding: RowGroupDecoding = decoder.decode(request(0), received.listener);
    decoding.close();
    decoder.decode(request(0, ROWS_PER_GROUP - 1), other.listener);
    await other.until(() => other.end !== undefined);
    expect(received.batches).toEqual([]);
    expect(rowsOf(other.batches)).toHaveLength(1);
  });

  it.each<[string, Partial<FileVersion>, string]>([
    ['INPUT_CHANGED', { modifiedMs: 1 }, 'it was modified'],
    ['INPUT_NOT_FOUND', { path: '/nowhere.parquet' }, 'there is no such file'],
  ])('reports %s with its code', async (code, change, message) => {
    const received = new Received();
    decoder.decode(request(0, 0, { ...file, ...change }), received.listener);
    await received.until(() => received.error !== undefined);
    expect(MillraceError.is(received.error)).toBe(true);
    expect(received.error).toMatchObject({ code, message: expect.stringContaining(message) as string });
  });

  it('starts again after the last reader was closed', async () => {
    for (let round = 0; round < 2; round++) {
      const received = new Received();
      const other = openDecoder();
      other.decode(request(0, ROWS_PER_GROUP - 1), received.listener);
      await received.until(() => received.end !== undefined);
      await other.close();
      await decoder.close();
    }
  });
});
