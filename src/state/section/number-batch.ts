import type { ByteReader } from '../../base/byte-reader.ts';
import type { ByteWriter } from '../../base/byte-writer.ts';

/** Values of one state whose keys, namespaces and values are numbers, column by column. Arrays may be longer than `count`. */
export interface NumberBatch {
  readonly count: number;
  /** Names of the fields of the values, which are plain objects; undefined: the values are the numbers of the one column. */
  readonly fields: readonly string[] | undefined;
  readonly keys: Float64Array;
  /** Undefined when none has a namespace. NO_NAMESPACE for those without. */
  readonly namespaces: Float64Array | undefined;
  readonly columns: readonly Float64Array[];
}

/** In place of VOID_NAMESPACE. No window has it for its namespace. */
export const NO_NAMESPACE: number = -Number.MAX_VALUE;

const INT32 = 0;
const FLOAT64 = 1;

export function writeColumn(writer: ByteWriter, values: Float64Array, count: number): void {
  const isInt = isInt32(values, count);
  writer.u8(isInt ? INT32 : FLOAT64);
  const width = isInt ? 4 : 8;
  writer.reserve(count * width);
  const { view } = writer;
  let { position } = writer;
  for (let at = 0; at < count; at++, position += width) {
    if (isInt) view.setInt32(position, values[at] ?? 0, true);
    else view.setFloat64(position, values[at] ?? 0, true);
  }
  writer.position = position;
}

/** Undefined when there is no such kind of column. */
export function readColumn(reader: ByteReader, count: number): Float64Array | undefined {
  const kind = reader.u8();
  if (kind !== INT32 && kind !== FLOAT64) return undefined;
  const values = new Float64Array(count);
  for (let at = 0; at < count; at++) values[at] = kind === INT32 ? reader.i32() : reader.f64();
  return values;
}

/** -0 is none. */
function isInt32(values: Float64Array, count: number): boolean {
  for (let at = 0; at < count; at++) {
    const value = values[at] ?? 0;
    if ((value | 0) !== value || (value === 0 && 1 / value < 0)) return false;
  }
  return true;
}
