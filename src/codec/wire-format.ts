/**
 * How a value is written. Little endian throughout; lengths and counts are varints unless said otherwise.
 *
 *   value      := tag payload
 *   NULL UNDEFINED FALSE TRUE   no payload
 *   INT32      i32                          integers of int32 other than −0
 *   DOUBLE     f64                          all other numbers
 *   STRING     string                       see below
 *   BIGINT64   i64                          a bigint within int64
 *   BIGINT     string                       hex digits, '-' in front when negative
 *   DATE       f64                          ms since the epoch, NaN for an invalid date
 *   ARRAY      count value*
 *   MAP        count (value value)*         in order of insertion
 *   SET        count value*
 *   ARRAY_BUFFER  length byte*
 *   TYPED_ARRAY   u8 type, length in bytes, byte*        type: position in TYPED_ARRAYS
 *   OBJECT     u8 id, fields                the shape was defined earlier in this stream
 *   SHAPE      u8 id, u8 flags, u8 count, (string u8 kind)*, fields      defines the shape, or defines it anew
 *   NAMED      u8 flags, count (string value)*           an object beyond the limits on shapes
 *   REGISTERED string name, version, value               an instance of a registered class, as its codec encoded it
 *
 *   fields     := all INT fields, then NUMBER, BOOLEAN, STRING and TAGGED fields, each group in the order of the shape
 *   kinds      INT i32 · NUMBER f64 · BOOLEAN u8 · STRING string · TAGGED value
 *   flags      bit 0: the object has no prototype
 *
 * A string has one of two forms, the same for a whole stream:
 *   inline     varint (length in bytes × 4 + encoding), bytes       files and single values
 *   gathered   u32 length in UTF-16 units; the characters stand in a region of their own     pages of a ring
 *
 * Tags, kinds, encodings and the order of TYPED_ARRAYS are stored in checkpoints: they may be added to, never changed.
 */
export const Tag = {
  NULL: 0,
  UNDEFINED: 1,
  FALSE: 2,
  TRUE: 3,
  INT32: 4,
  DOUBLE: 5,
  STRING: 6,
  BIGINT64: 7,
  BIGINT: 8,
  DATE: 9,
  ARRAY: 10,
  MAP: 11,
  SET: 12,
  ARRAY_BUFFER: 13,
  TYPED_ARRAY: 14,
  OBJECT: 15,
  SHAPE: 16,
  NAMED: 17,
  REGISTERED: 18,
} as const;

export const FLAG_NO_PROTOTYPE = 1;

export const STRING_LATIN1 = 0;
export const STRING_UTF8 = 1;
export const STRING_UTF16 = 2;

/** Shapes of one producer; ids are one byte. */
export const SHAPE_COUNT_MAX = 256;
export const SHAPE_FIELD_COUNT_MAX = 64;
/** Containers within containers. Bounds the stack; what goes deeper is taken for a cycle by the encoder and then looked at. */
export const VALUE_DEPTH_MAX = 256;

export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Float16Array;

export interface TypedArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  readonly prototype: TypedArray;
  new (buffer: ArrayBuffer): TypedArray;
}

/** By their number on the wire. */
export const TYPED_ARRAYS: readonly TypedArrayClass[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  Float16Array,
];
