/** Structs, lists and maps, as hyparquet puts them together. */
import type { FileMetaData, ParquetParsers, SchemaElement } from 'hyparquet';
import { MillraceError } from '../../../base/errors.ts';
import { annotationOf } from '../file-columns.ts';
import { loadHyparquet } from '../load-hyparquet.ts';
import type { ParquetFile } from '../parquet-file.ts';
import type { TimeParsers } from '../stored-times.ts';
import type { ColumnPlace, DecodedColumn } from './decoded-column.ts';
import { decompressors } from './decompress.ts';

/**
 * Inside, INT64 become numbers, times Dates, missing values null.
 * @throws NUMBER_NOT_SAFE with column and row, RECORD_MALFORMED (a time below ms) with the column
 */
export async function nestedColumn(
  file: ParquetFile,
  metadata: FileMetaData,
  place: ColumnPlace,
  times: TimeParsers,
): Promise<DecodedColumn> {
  const { plan, firstRow, rowCount, path } = place;
  const { parquetRead } = await loadHyparquet();
  const values: unknown[] = [];
  await parquetRead({
    file: file.buffer,
    metadata: withOldAnnotations(metadata),
    columns: [plan.name],
    rowStart: firstRow,
    rowEnd: firstRow + rowCount,
    compressors: decompressors,
    utf8: false,
    parsers: dateParsers(times, `Reading column '${plan.name}' of '${path}' failed:`),
    geoparquet: false,
    onChunk: ({ columnData }) => {
      for (const value of columnData) values.push(plain(value, () => failedAt(place, values.length)));
    },
  });
  return { slice: (start, end) => ({ values: { kind: 'value', values: values.slice(start, end) }, nulls: undefined }) };
}

/** hyparquet looks at old annotations where new ones may stand alone. */
function withOldAnnotations(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element): SchemaElement => {
    const annotation = annotationOf(element);
    if (element.type === undefined || (annotation !== 'DATE' && annotation !== 'JSON')) return element;
    return { ...element, converted_type: annotation };
  });
  return { ...metadata, schema };
}

function dateParsers(times: TimeParsers, failed: string): Partial<ParquetParsers> {
  const date = (ms: number): Date => {
    if (!Number.isNaN(ms)) return new Date(ms);
    throw new MillraceError(
      'RECORD_MALFORMED',
      `${failed} a time in it has a part below a millisecond; truncate: true drops it`,
    );
  };
  return {
    timestampFromMilliseconds: (millis) => date(times.timestampFromMilliseconds(millis)),
    timestampFromMicroseconds: (micros) => date(times.timestampFromMicroseconds(micros)),
    timestampFromNanoseconds: (nanos) => date(times.timestampFromNanoseconds(nanos)),
    dateFromDays: (days) => date(times.dateFromDays(days)),
  };
}

function plain(value: unknown, failed: () => string): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw new MillraceError('NUMBER_NOT_SAFE', `${failed()} ${value} in it cannot be held exactly by a number`);
  }
  if (Array.isArray(value)) return value.map((part: unknown) => plain(part, failed));
  if (value instanceof Uint8Array) return value.slice();
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part, failed)]));
}

function failedAt({ plan, firstRow, path }: ColumnPlace, row: number): string {
  return `Reading column '${plan.name}' at row ${firstRow + row} of '${path}' failed:`;
}
