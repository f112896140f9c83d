import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { ValueDecoder } from '../../codec/value-decoder.ts';
import type { ValueEncoder } from '../../codec/value-encoder.ts';

/** The same of many values: numbers or texts. */
export type BatchColumn = Float64Array | string[];

/** Values of one state, column by column, whose keys and namespaces are numbers. Arrays may be longer than `count`. */
export interface FlatBatch {
  readonly count: number;
  /** Names of the fields of the values, which are plain objects, one for each column. Undefined: the values are those of the one column. */
  readonly fields: readonly string[] | undefined;
  readonly keys: Float64Array;
  /** Undefined when none has a namespace. NO_NAMESPACE for those without. */
  readonly namespaces: Float64Array | undefined;
  readonly columns: readonly BatchColumn[];
}

/** In place of VOID_NAMESPACE. No window has it for its namespace. */
export const NO_NAMESPACE: number = -Number.MAX_VALUE;

const INT32 = 0;
const FLOAT64 = 1;
const TEXT = 2;

export function writeColumn(writer: ByteWriter, encoder: ValueEncoder, column: BatchColumn, count: number): void {
  if (Array.isArray(column)) writeTexts(writer, encoder, column, count);
  else if (isInt32(column, count)) writeInts(writer, column, count);
  else writeDoubles(writer, column, count);
}

/** Undefined when there is no such kind of column, or a text is none. */
export function readColumn(reader: ByteReader, decoder: ValueDecoder, count: number): BatchColumn | undefined {
  const kind = reader.u8();
  if (kind === TEXT) return readTexts(reader, decoder, count);
  if (kind !== INT32 && kind !== FLOAT64) return undefined;
  const values = new Float64Array(count);
  for (let at = 0; at < count; at++) values[at] = kind === INT32 ? reader.i32() : reader.f64();
  return values;
}

function writeInts(writer: ByteWriter, values: Float64Array, count: number): void {
  writer.u8(INT32);
  writer.reserve(count * 4);
  const { view } = writer;
  for (let at = 0; at < count; at++) view.setInt32(writer.position + at * 4, values[at] ?? 0, true);
  writer.position += count * 4;
}

function writeDoubles(writer: ByteWriter, values: Float64Array, count: number): void {
  writer.u8(FLOAT64);
  writer.reserve(count * 8);
  const { view } = writer;
  for (let at = 0; at < count; at++) view.setFloat64(writer.position + at * 8, values[at] ?? 0, true);
  writer.position += count * 8;
}

function writeTexts(writer: ByteWriter, encoder: ValueEncoder, texts: readonly string[], count: number): void {
  writer.u8(TEXT);
  for (let at = 0; at < count; at++) encoder.write(writer, texts[at]);
}

function readTexts(reader: ByteReader, decoder: ValueDecoder, count: number): string[] | undefined {
  const texts: string[] = [];
  for (let at = 0; at < count; at++) {
    const text = decoder.read(reader);
    if (typeof text !== 'string') return undefined;
    texts.push(text);
  }
  return texts;
}

/** -0 is none. */
function isInt32(values: Float64Array, count: number): boolean {
  for (let at = 0; at < count; at++) {
    const value = values[at] ?? 0;
    if ((value | 0) !== value || (value === 0 && 1 / value < 0)) return false;
  }
  return true;
}
