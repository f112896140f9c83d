/**
 * The pages of one flat column chunk, values as they are stored: hyparquet reads headers and encodings, but what it makes of them
 * (assembled lists, converted one by one) costs several times more than the decoding, and is not needed for flat columns.
 */
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage, readDataPage } from 'hyparquet/src/datapage.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import type { ColumnChunk, DataPageHeader, PageHeader, SchemaElement } from 'hyparquet';
import { decompressors } from './decompress.ts';
import { stored } from './stored.ts';

export type ColumnMetaData = NonNullable<ColumnChunk['meta_data']>;

type ColumnDecoder = Parameters<typeof readDataPage>[2];

export interface Page {
  readonly rowCount: number;
  /** 1 for each row that has a value; undefined when all have. */
  readonly levels: Uint8Array | undefined;
  readonly values: PageValues;
}

/** Of the rows that have one. */
export type PageValues =
  | { readonly kind: 'indexes'; readonly indexes: Uint32Array; readonly dictionary: ArrayLike<unknown> }
  | { readonly kind: 'plain'; readonly values: ArrayLike<unknown> };

/** Where a column chunk stands in the file: some writers leave the dictionary page's offset out, it comes first then. */
export function chunkRange({ dictionary_page_offset, data_page_offset, total_compressed_size }: ColumnMetaData): {
  readonly start: number;
  readonly end: number;
} {
  const start = Number(dictionary_page_offset || data_page_offset);
  return { start, end: start + Number(total_compressed_size) };
}

export function* columnPages(chunk: ArrayBuffer, column: ColumnMetaData, element: SchemaElement): Generator<Page> {
  const reader = { view: new DataView(chunk), offset: 0 };
  let dictionary: ArrayLike<unknown> | undefined;
  let rowsLeft = Number(column.num_values);
  while (rowsLeft > 0) {
    const header = parquetHeader(reader);
    const page = new Uint8Array(chunk, reader.offset, header.compressed_page_size);
    reader.offset += header.compressed_page_size;
    if (header.type === 'DICTIONARY_PAGE') {
      const count = stored(header.dictionary_page_header, 'dictionary page header').num_values;
      const bytes = decompressPage(page, header.uncompressed_page_size, column.codec, decompressors);
      dictionary = readPlain(readerOf(bytes), column.type, count, element.type_length);
    } else if (header.type !== 'INDEX_PAGE') {
      const data = dataPage(page, { header, column, element, dictionary });
      rowsLeft -= data.rowCount;
      yield data;
    }
  }
}

interface PageContext {
  readonly header: PageHeader;
  readonly column: ColumnMetaData;
  readonly element: SchemaElement;
  readonly dictionary: ArrayLike<unknown> | undefined;
}

interface Reader {
  readonly view: DataView;
  offset: number;
}

function readerOf(bytes: Uint8Array): Reader {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
}

function dataPage(page: Uint8Array, context: PageContext): Page {
  return context.header.type === 'DATA_PAGE_V2' ? pageV2(page, context) : pageV1(page, context);
}

/** All compressed; the levels come with their length. */
function pageV1(page: Uint8Array, context: PageContext): Page {
  const { header, column, element } = context;
  const pageHeader = stored(header.data_page_header, 'data page header');
  const bytes = decompressPage(page, header.uncompressed_page_size, column.codec, decompressors);
  const rowCount = pageHeader.num_values;
  if (element.repetition_type === 'REQUIRED') {
    return { rowCount, levels: undefined, values: pageValues(bytes, rowCount, pageHeader, context) };
  }
  const levels = new Uint8Array(rowCount);
  const reader = readerOf(bytes);
  readRleBitPackedHybrid(reader, 1, levels);
  return pageOf(bytes.subarray(reader.offset), levels, pageHeader, context);
}

/** The levels stand uncompressed in front of the values. */
function pageV2(page: Uint8Array, context: PageContext): Page {
  const { header, column, element } = context;
  const pageHeader = stored(header.data_page_header_v2, 'data page header');
  const { num_values: rowCount, definition_levels_byte_length: levelBytes } = pageHeader;
  const valuesStart = levelBytes + pageHeader.repetition_levels_byte_length;
  const compressed = page.subarray(valuesStart);
  const bytes =
    pageHeader.is_compressed === false
      ? compressed
      : decompressPage(compressed, header.uncompressed_page_size - valuesStart, column.codec, decompressors);
  const v1Header: DataPageHeader = {
    num_values: rowCount,
    encoding: pageHeader.encoding,
    definition_level_encoding: 'RLE',
    repetition_level_encoding: 'RLE',
  };
  if (element.repetition_type === 'REQUIRED') {
    return { rowCount, levels: undefined, values: pageValues(bytes, rowCount, v1Header, context) };
  }
  const levels = new Uint8Array(rowCount);
  readRleBitPackedHybrid(readerOf(page.subarray(0, valuesStart)), 1, levels, levelBytes);
  return pageOf(bytes, levels, v1Header, context);
}

function pageOf(bytes: Uint8Array, levels: Uint8Array, header: DataPageHeader, context: PageContext): Page {
  let present = 0;
  for (const level of levels) present += level;
  const values = pageValues(bytes, present, header, context);
  return { rowCount: levels.length, levels: present === levels.length ? undefined : levels, values };
}

function pageValues(bytes: Uint8Array, count: number, header: DataPageHeader, context: PageContext): PageValues {
  if (header.encoding === 'RLE_DICTIONARY' || header.encoding === 'PLAIN_DICTIONARY') {
    const indexes = new Uint32Array(count);
    const reader = readerOf(bytes);
    const bitWidth = count === 0 ? 0 : reader.view.getUint8(reader.offset++);
    if (bitWidth > 0) readRleBitPackedHybrid(reader, bitWidth, indexes, bytes.length - 1);
    return { kind: 'indexes', indexes, dictionary: stored(context.dictionary, 'dictionary page') };
  }
  return {
    kind: 'plain',
    values: readDataPage(bytes, { ...header, num_values: count }, withoutLevels(context)).dataPage,
  };
}

/** The levels are read already: for hyparquet it is a page of a column that has none. */
function withoutLevels({ column, element: { name, ...rest } }: PageContext): ColumnDecoder {
  const element: SchemaElement = { ...rest, name, repetition_type: 'REQUIRED' };
  const schemaPath = [{ children: [], count: 1, element, path: [name] }];
  return {
    pathInSchema: [name],
    type: column.type,
    element,
    schemaPath,
    codec: column.codec,
    parsers: DEFAULT_PARSERS,
  };
}
