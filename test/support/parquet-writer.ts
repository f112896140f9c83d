/**
 * Writes small Parquet files for tests of the Parquet source: flat columns and structs, both page versions, dictionaries, the
 * annotations that matter. Follows the format's specification and nothing of the code under test.
 */
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { ThriftStruct } from './thrift-struct.ts';

const PHYSICAL = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
const CODECS = { UNCOMPRESSED: 0, GZIP: 2, BROTLI: 4, ZSTD: 6 } as const;
const PLAIN = 0;
const RLE = 3;
const RLE_DICTIONARY = 8;

export type Physical = (typeof PHYSICAL)[number];

/** Old annotations by their numbers in the format. */
export const CONVERTED = {
  UTF8: 0,
  DECIMAL: 5,
  DATE: 6,
  TIMESTAMP_MILLIS: 9,
  TIMESTAMP_MICROS: 10,
  UINT_32: 13,
  UINT_64: 14,
  JSON: 19,
} as const;

export interface WrittenColumn {
  readonly name: string;
  readonly type: Physical;
  /** boolean, number (INT32, FLOAT, DOUBLE), bigint (INT64, INT96), string or bytes; null for none. */
  readonly values: readonly (boolean | number | bigint | string | Uint8Array | null)[];
  readonly isRequired?: boolean;
  readonly converted?: number;
  /** New annotation. */
  readonly logical?: Logical;
  readonly typeLength?: number;
  readonly scale?: number;
  readonly isDictionary?: boolean;
  /** Name of a required struct that this column is a field of; fields of one struct follow each other. */
  readonly inStruct?: string;
}

export interface ParquetFileOptions {
  readonly rowGroupRows?: number;
  readonly pageRows?: number;
  readonly codec?: keyof typeof CODECS;
  readonly pageVersion?: 1 | 2;
  readonly hasStatistics?: boolean;
}

type Logical = (struct: ThriftStruct) => void;

export const timestamp =
  (unit: 'MILLIS' | 'MICROS' | 'NANOS', isUtc: boolean): Logical =>
  (struct) =>
    struct.struct(8, (logical) => {
      logical.bool(1, isUtc);
      logical.struct(2, (units) => units.struct({ MILLIS: 1, MICROS: 2, NANOS: 3 }[unit], () => {}));
    });

export const emptyLogical =
  (field: number): Logical =>
  (struct) =>
    struct.struct(field, () => {});

export const decimalLogical =
  (scale: number, precision: number): Logical =>
  (struct) =>
    struct.struct(5, (logical) => {
      logical.i32(1, scale);
      logical.i32(2, precision);
    });

export function writeParquet(columns: readonly WrittenColumn[], options: ParquetFileOptions = {}): Uint8Array {
  const rowCount = columns[0]?.values.length ?? 0;
  const groupRows = options.rowGroupRows ?? Math.max(1, rowCount);
  const file = new FileBytes();
  file.add(text('PAR1'));
  const groups: RowGroupMeta[] = [];
  for (let start = 0; start < rowCount; start += groupRows) {
    const end = Math.min(start + groupRows, rowCount);
    groups.push({
      rowCount: end - start,
      chunks: columns.map((column) => writeChunk(file, column, [start, end], options)),
    });
  }
  const footer = footerOf(columns, rowCount, groups);
  file.add(footer);
  file.add(littleEndian(footer.length));
  file.add(text('PAR1'));
  return file.toBytes();
}

class FileBytes {
  readonly #parts: Uint8Array[] = [];
  length = 0;

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.length += bytes.length;
  }

  toBytes(): Uint8Array {
    return concat(this.#parts);
  }
}

interface ChunkMeta {
  readonly column: WrittenColumn;
  readonly valueCount: number;
  readonly start: number;
  readonly dataStart: number;
  readonly storedBytes: number;
  readonly plainBytes: number;
  readonly codec: number;
  readonly statistics: ((struct: ThriftStruct) => void) | undefined;
}

interface RowGroupMeta {
  readonly rowCount: number;
  readonly chunks: readonly ChunkMeta[];
}

function writeChunk(
  file: FileBytes,
  column: WrittenColumn,
  [from, to]: readonly [number, number],
  options: ParquetFileOptions,
): ChunkMeta {
  const start = file.length;
  const values = column.values.slice(from, to);
  const { pageRows = values.length, codec = 'UNCOMPRESSED' } = options;
  let plainBytes = 0;
  const add = (page: WrittenPage): void => {
    file.add(page.bytes);
    plainBytes += page.plainBytes;
  };
  const dictionary = column.isDictionary === true ? distinct(values) : undefined;
  if (dictionary !== undefined) add(dictionaryPage(column, dictionary, codec));
  const dataStart = file.length;
  for (let at = 0; at < values.length; at += pageRows) {
    add(dataPage(column, values.slice(at, at + pageRows), { dictionary, codec, version: options.pageVersion ?? 1 }));
  }
  return {
    column,
    valueCount: values.length,
    start,
    dataStart,
    storedBytes: file.length - start,
    plainBytes,
    codec: CODECS[codec],
    statistics: options.hasStatistics === false ? undefined : statisticsOf(column, values),
  };
}

interface WrittenPage {
  readonly bytes: Uint8Array;
  readonly plainBytes: number;
}

type Values = WrittenColumn['values'];

function distinct(values: Values): Values {
  return [...new Set(values.filter((value) => value !== null))];
}

function dictionaryPage(column: WrittenColumn, dictionary: Values, codec: keyof typeof CODECS): WrittenPage {
  const plain = plainValues(column, dictionary);
  const stored = compress(plain, codec);
  const header = new ThriftStruct();
  header.i32(1, 2);
  header.i32(2, plain.length);
  header.i32(3, stored.length);
  header.struct(7, (page) => {
    page.i32(1, dictionary.length);
    page.i32(2, PLAIN);
  });
  return page(header, stored, plain.length);
}

interface DataPageOptions {
  readonly dictionary: Values | undefined;
  readonly codec: keyof typeof CODECS;
  readonly version: 1 | 2;
}

function dataPage(column: WrittenColumn, values: Values, { dictionary, codec, version }: DataPageOptions): WrittenPage {
  const present = values.filter((value) => value !== null);
  const levels =
    column.isRequired === true
      ? new Uint8Array(0)
      : runs(
          values.map((value) => (value === null ? 0 : 1)),
          1,
        );
  const body = dictionary === undefined ? plainValues(column, present) : indexes(present, dictionary);
  const encoding = dictionary === undefined ? PLAIN : RLE_DICTIONARY;
  const header = new ThriftStruct();
  if (version === 1) {
    const prefix = column.isRequired === true ? new Uint8Array(0) : littleEndian(levels.length);
    const plain = concat([prefix, levels, body]);
    const stored = compress(plain, codec);
    header.i32(1, 0);
    header.i32(2, plain.length);
    header.i32(3, stored.length);
    header.struct(5, (data) => {
      for (const [field, value] of [values.length, encoding, RLE, RLE].entries()) data.i32(field + 1, value);
    });
    return page(header, stored, plain.length);
  }
  const stored = concat([levels, compress(body, codec)]);
  header.i32(1, 3);
  header.i32(2, levels.length + body.length);
  header.i32(3, stored.length);
  header.struct(8, (data) => {
    const numbers = [values.length, values.length - present.length, values.length, encoding, levels.length, 0];
    for (const [field, value] of numbers.entries()) data.i32(field + 1, value);
    data.bool(7, codec !== 'UNCOMPRESSED');
  });
  return page(header, stored, levels.length + body.length);
}

function page(header: ThriftStruct, stored: Uint8Array, plainBytes: number): WrittenPage {
  return { bytes: concat([header.toBytes(), stored]), plainBytes };
}

function indexes(values: Values, dictionary: Values): Uint8Array {
  const bitWidth = Math.max(1, Math.ceil(Math.log2(dictionary.length)));
  const indexOf = values.map((value) => dictionary.findIndex((entry) => Object.is(entry, value)));
  return concat([Uint8Array.of(bitWidth), runs(indexOf, Math.ceil(bitWidth / 8))]);
}

/** Run-length encoding: each run its length, then its value in whole bytes. */
function runs(values: readonly number[], valueBytes: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < values.length;) {
    let end = start + 1;
    while (end < values.length && values[end] === values[start]) end++;
    parts.push(varint((end - start) << 1), littleEndian(values[start] ?? 0).subarray(0, valueBytes));
    start = end;
  }
  return concat(parts);
}

function plainValues(column: WrittenColumn, values: Values): Uint8Array {
  if (column.type !== 'BOOLEAN') return concat(values.map((value) => plainValue(column, value)));
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  for (const [index, value] of values.entries())
    if (value === true) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  return bits;
}

function plainValue({ type }: WrittenColumn, value: Values[number]): Uint8Array {
  const bytes = new Uint8Array(type === 'INT96' ? 12 : 8);
  const view = new DataView(bytes.buffer);
  switch (type) {
    case 'BOOLEAN':
      return Uint8Array.of(value === true ? 1 : 0);
    case 'INT32':
      view.setInt32(0, Number(value), true);
      return bytes.subarray(0, 4);
    case 'INT64':
      view.setBigInt64(0, BigInt(value as bigint), true);
      return bytes;
    case 'INT96':
      view.setBigInt64(0, BigInt.asIntN(64, value as bigint), true);
      view.setInt32(8, Number((value as bigint) >> 64n), true);
      return bytes;
    case 'FLOAT':
      view.setFloat32(0, Number(value), true);
      return bytes.subarray(0, 4);
    case 'DOUBLE':
      view.setFloat64(0, Number(value), true);
      return bytes;
    case 'BYTE_ARRAY': {
      const content = contentOf(value);
      return concat([littleEndian(content.length), content]);
    }
    case 'FIXED_LEN_BYTE_ARRAY':
      return contentOf(value);
  }
}

function contentOf(value: Values[number]): Uint8Array {
  return value instanceof Uint8Array ? value : text(String(value));
}

function statisticsOf(column: WrittenColumn, values: Values): (struct: ThriftStruct) => void {
  const present = values.filter((value) => value !== null);
  const isOrdered = column.type === 'INT32' || column.type === 'INT64' || column.type === 'DOUBLE';
  const sorted = present.toSorted((a, b) => (Number(a) < Number(b) ? -1 : 1));
  return (struct) => {
    struct.i64(3, BigInt(values.length - present.length));
    if (!isOrdered || sorted.length === 0) return;
    struct.binary(5, plainValue(column, sorted.at(-1) ?? 0));
    struct.binary(6, plainValue(column, sorted[0] ?? 0));
  };
}

function footerOf(columns: readonly WrittenColumn[], rowCount: number, groups: readonly RowGroupMeta[]): Uint8Array {
  const footer = new ThriftStruct();
  footer.i32(1, 1);
  footer.structs(2, schemaOf(columns));
  footer.i64(3, BigInt(rowCount));
  footer.structs(
    4,
    groups.map((group) => (struct) => {
      struct.structs(
        1,
        group.chunks.map((chunk) => (each) => writeChunkMeta(each, chunk)),
      );
      struct.i64(2, BigInt(group.chunks.reduce((bytes, chunk) => bytes + chunk.plainBytes, 0)));
      struct.i64(3, BigInt(group.rowCount));
    }),
  );
  return footer.toBytes();
}

function schemaOf(columns: readonly WrittenColumn[]): readonly ((struct: ThriftStruct) => void)[] {
  const elements: ((struct: ThriftStruct) => void)[] = [];
  let topLevel = 0;
  let open: string | undefined;
  for (const column of columns) {
    if (column.inStruct === undefined || column.inStruct !== open) topLevel++;
    if (column.inStruct !== undefined && column.inStruct !== open) {
      const fields = columns.filter(({ inStruct }) => inStruct === column.inStruct).length;
      elements.push(groupElement(column.inStruct, fields, true));
    }
    open = column.inStruct;
    elements.push((struct) => writeElement(struct, column));
  }
  return [groupElement('root', topLevel, false), ...elements];
}

function groupElement(name: string, childCount: number, hasRepetition: boolean): (struct: ThriftStruct) => void {
  return (struct) => {
    if (hasRepetition) struct.i32(3, 0);
    struct.binary(4, text(name));
    struct.i32(5, childCount);
  };
}

function writeElement(struct: ThriftStruct, column: WrittenColumn): void {
  struct.i32(1, PHYSICAL.indexOf(column.type));
  if (column.typeLength !== undefined) struct.i32(2, column.typeLength);
  struct.i32(3, column.isRequired === true ? 0 : 1);
  struct.binary(4, text(column.name));
  if (column.converted !== undefined) struct.i32(6, column.converted);
  if (column.scale !== undefined) struct.i32(7, column.scale);
  const { logical } = column;
  if (logical !== undefined) struct.struct(10, logical);
}

function writeChunkMeta(struct: ThriftStruct, chunk: ChunkMeta): void {
  const { column, statistics } = chunk;
  const path = column.inStruct === undefined ? [column.name] : [column.inStruct, column.name];
  struct.i64(2, BigInt(chunk.start));
  struct.struct(3, (meta) => {
    meta.i32(1, PHYSICAL.indexOf(column.type));
    meta.i32s(2, [PLAIN, RLE, ...(column.isDictionary === true ? [RLE_DICTIONARY] : [])]);
    meta.binaries(3, path.map(text));
    meta.i32(4, chunk.codec);
    meta.i64(5, BigInt(chunk.valueCount));
    meta.i64(6, BigInt(chunk.plainBytes));
    meta.i64(7, BigInt(chunk.storedBytes));
    meta.i64(9, BigInt(chunk.dataStart));
    if (column.isDictionary === true) meta.i64(11, BigInt(chunk.start));
    if (statistics !== undefined) meta.struct(12, statistics);
  });
}

function compress(bytes: Uint8Array, codec: keyof typeof CODECS): Uint8Array {
  switch (codec) {
    case 'UNCOMPRESSED':
      return bytes;
    case 'GZIP':
      return gzipSync(bytes);
    case 'BROTLI':
      return brotliCompressSync(bytes);
    case 'ZSTD':
      return zstdCompressSync(bytes);
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, rest);
}

function littleEndian(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >>> 24) & 0xff);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
