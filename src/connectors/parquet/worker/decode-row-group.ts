/** Decodes one row group. Blocks for as long as that takes; memory: all wanted columns of the row group at once. */
import type { FileMetaData } from 'hyparquet';
import { planColumns } from '../column-plan.ts';
import type { ColumnPlan } from '../column-plan.ts';
import { BATCH_ROWS_MAX } from '../column-batch.ts';
import type { ColumnBatch } from '../column-batch.ts';
import { ParquetFile, unreadable } from '../parquet-file.ts';
import type { OpenForReading } from '../parquet-file.ts';
import type { RowGroupRequest } from '../parquet-decoder.ts';
import { timeParsers } from '../stored-times.ts';
import type { TimeParsers } from '../stored-times.ts';
import { chunkRange, columnPages } from './column-pages.ts';
import type { ColumnMetaData } from './column-pages.ts';
import { decodeColumn } from './decoded-column.ts';
import type { ColumnPlace, DecodedColumn } from './decoded-column.ts';
import type { FooterCache } from './footer-cache.ts';
import { nestedColumn } from './nested-column.ts';
import { stored } from './stored.ts';

export interface DecodedRowGroup {
  /** Bytes of the wanted columns as stored. */
  readonly storedBytes: number;
  /** Undefined behind the last one. */
  nextBatch(): ColumnBatch | undefined;
}

/** @throws INPUT_NOT_FOUND, INPUT_CHANGED, INPUT_UNREADABLE, SCHEMA_MISMATCH, NUMBER_NOT_SAFE, RECORD_MALFORMED */
export async function decodeRowGroup(
  request: RowGroupRequest,
  openForReading: OpenForReading,
  footers: FooterCache,
): Promise<DecodedRowGroup> {
  const { path } = request.file;
  const file = await ParquetFile.open(openForReading, request.file);
  try {
    const metadata = await footers.metadata(request.file, file);
    const rowGroup = new RowGroupDecoder(file, metadata, request);
    const columns: DecodedColumn[] = [];
    const plans = planColumns(path, metadata, request.columns);
    for (const plan of plans) columns.push(await rowGroup.decode(plan));
    const names = plans.map(({ name }) => name);
    return {
      storedBytes: rowGroup.storedBytes(new Set(names)),
      nextBatch: batchesOf(columns, names, { start: request.fromRow, end: rowGroup.rowCount }),
    };
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    await file.close();
  }
}

function batchesOf(
  columns: readonly DecodedColumn[],
  names: readonly string[],
  rows: { readonly start: number; readonly end: number },
): () => ColumnBatch | undefined {
  let { start } = rows;
  return () => {
    if (start >= rows.end) return undefined;
    const from = start;
    start = Math.min(start + BATCH_ROWS_MAX, rows.end);
    return { rowCount: start - from, columns: columns.map((column) => column.slice(from, start)), names };
  };
}

class RowGroupDecoder {
  readonly rowCount: number;
  readonly #file: ParquetFile;
  readonly #metadata: FileMetaData;
  readonly #path: string;
  readonly #chunks: readonly ColumnMetaData[];
  readonly #firstRow: number;
  readonly #times: TimeParsers;

  constructor(file: ParquetFile, metadata: FileMetaData, { rowGroup, file: { path }, columns }: RowGroupRequest) {
    const group = stored(metadata.row_groups[rowGroup], `row group ${rowGroup}`);
    this.#file = file;
    this.#metadata = metadata;
    this.#path = path;
    this.rowCount = Number(group.num_rows);
    this.#chunks = group.columns.map(({ meta_data }) => stored(meta_data, 'metadata of a column'));
    this.#firstRow = metadata.row_groups.slice(0, rowGroup).reduce((rows, each) => rows + Number(each.num_rows), 0);
    this.#times = timeParsers(columns.truncate);
  }

  async decode(plan: ColumnPlan): Promise<DecodedColumn> {
    const place: ColumnPlace = { path: this.#path, plan, rowCount: this.rowCount, firstRow: this.#firstRow };
    if (plan.storedAs === 'nested') return nestedColumn(this.#file, this.#metadata, place, this.#times);
    const isOfColumn = ({ path_in_schema: path }: ColumnMetaData): boolean =>
      path.length === 1 && path[0] === plan.name;
    const chunk = stored(this.#chunks.find(isOfColumn), `column '${plan.name}'`);
    const { start, end } = chunkRange(chunk);
    const bytes = await this.#file.buffer.slice(start, end);
    return decodeColumn(columnPages(bytes, chunk, plan.element), place, this.#times);
  }

  storedBytes(names: ReadonlySet<string>): number {
    return this.#chunks
      .filter(({ path_in_schema: path }) => names.has(path[0] ?? ''))
      .reduce((bytes, { total_compressed_size: size }) => bytes + Number(size), 0);
  }
}
