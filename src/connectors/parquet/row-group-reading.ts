/** One split being read: batches come from the decoder ahead of the rows that are emitted. */
import { must } from '../../base/assert.ts';
import { NO_TIMESTAMP } from '../../base/event-time.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { ReaderOutput } from '../../base/source.ts';
import type { SubtaskMetrics } from '../../base/metrics.ts';
import type { ColumnBatch } from './column-batch.ts';
import type { ParquetDecoder, RowGroupDecoding } from './parquet-decoder.ts';
import type { ColumnSettings } from './parquet-settings.ts';
import type { ParquetSplit } from './parquet-split.ts';
import type { RowBuilder } from './row-builder.ts';

export interface RowGroupReadingOptions<T> {
  readonly split: ParquetSplit;
  readonly columns: ColumnSettings;
  /** Column with the records' time. */
  readonly ordered: string | undefined;
  readonly decoder: ParquetDecoder;
  readonly rowBuilder: RowBuilder<T>;
  readonly metrics: SubtaskMetrics;
  /** There is something to emit, or the end is known. */
  readonly onProgress: () => void;
  readonly onError: (error: unknown) => void;
}

interface Cursor<T> {
  readonly rowCount: number;
  readonly rowAt: (index: number) => T;
  readonly timestampAt: (index: number) => EventTimeMs;
}

export class RowGroupReading<T> {
  readonly #options: RowGroupReadingOptions<T>;
  readonly #decoding: RowGroupDecoding;
  #batches: ColumnBatch[] = [];
  #cursor: Cursor<T> | undefined;
  #indexInBatch = 0;
  #positionRows: number;
  /** All batches have come, so that the next split may be decoded meanwhile. */
  isFetched = false;
  isFinished = false;

  constructor(options: RowGroupReadingOptions<T>) {
    const { split, columns, decoder } = options;
    this.#options = options;
    this.#positionRows = split.positionRows;
    const { path, sizeBytes, modifiedMs, rowGroup } = split;
    this.#decoding = decoder.decode(
      { file: { path, sizeBytes, modifiedMs }, rowGroup, fromRow: split.positionRows, columns },
      {
        onBatch: (batch) => this.#onBatch(batch),
        onEnd: (storedBytes) => this.#onEnd(storedBytes),
        onError: options.onError,
      },
    );
  }

  /** Where a restore goes on. */
  position(): ParquetSplit {
    return { ...this.#options.split, positionRows: this.#positionRows };
  }

  /** Emits up to `limit` rows; gives how many. Fewer: the output is full, nothing has come yet, or the split `isFinished`. */
  poll(output: ReaderOutput<T>, limit: number): number {
    const { splitId } = this.#options.split;
    let count = 0;
    while (count < limit && !output.isFull) {
      const cursor = this.#cursor ?? this.#nextBatch();
      if (cursor === undefined) break;
      const index = this.#indexInBatch++;
      this.#positionRows++;
      count++;
      output.collect(splitId, cursor.rowAt(index), cursor.timestampAt(index));
      if (this.#indexInBatch === cursor.rowCount) this.#cursor = undefined;
    }
    if (this.isFetched && this.#cursor === undefined && this.#batches.length === 0) {
      this.isFinished = true;
      output.splitFinished(splitId);
    }
    return count;
  }

  close(): void {
    this.#batches = [];
    this.#decoding.close();
  }

  #nextBatch(): Cursor<T> | undefined {
    const batch = this.#batches.shift();
    if (batch === undefined) return undefined;
    this.#decoding.release();
    this.#indexInBatch = 0;
    this.#cursor = {
      rowCount: batch.rowCount,
      rowAt: this.#options.rowBuilder.rowsOf(batch),
      timestampAt: timestampsOf(batch, this.#options.ordered),
    };
    return this.#cursor;
  }

  #onBatch(batch: ColumnBatch): void {
    this.#batches.push(batch);
    this.#options.onProgress();
  }

  #onEnd(storedBytes: number): void {
    this.isFetched = true;
    this.#options.metrics.add('numBytesIn', storedBytes);
    this.#options.onProgress();
  }
}

/** Of an ordered source the time of a row is known; a null has none. */
function timestampsOf(batch: ColumnBatch, ordered: string | undefined): (index: number) => EventTimeMs {
  const column = ordered === undefined ? undefined : batch.columns[batch.names.indexOf(ordered)];
  if (column === undefined || column.values.kind === 'string') return () => NO_TIMESTAMP;
  const { values } = column.values;
  return (index) => {
    if (column.nulls?.[index] === 1) return NO_TIMESTAMP;
    return Math.floor(Number(must(values[index], 'time')));
  };
}
