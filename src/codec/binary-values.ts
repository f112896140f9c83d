/** Values that are written as plain bytes: bigints, ArrayBuffers and typed arrays. */
import type { ByteReader } from '../base/byte-reader.ts';
import type { ByteWriter } from '../base/byte-writer.ts';
import { MillraceError } from '../base/errors.ts';
import type { StringReader, StringWriter } from './string-form.ts';
import { Tag, TYPED_ARRAYS } from './wire-format.ts';
import type { TypedArray } from './wire-format.ts';

const BIGINT64_BYTES = 8;

export function writeBigint(strings: StringWriter, writer: ByteWriter, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) {
    writer.u8(Tag.BIGINT64);
    writer.reserve(BIGINT64_BYTES);
    writer.view.setBigInt64(writer.position, value, true);
    writer.position += BIGINT64_BYTES;
  } else {
    writer.u8(Tag.BIGINT);
    strings.write(writer, value.toString(16));
  }
}

export function readBigint64(reader: ByteReader): bigint {
  const start = reader.advance(BIGINT64_BYTES);
  return reader.view.getBigInt64(start, true);
}

export function readBigint(strings: StringReader, reader: ByteReader): bigint {
  const digits = strings.read(reader);
  if (!/^-?[0-9a-f]+$/.test(digits)) throw corrupt(`a bigint`, `'${digits.slice(0, 40)}' are not hex digits`);
  return digits.startsWith('-') ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`);
}

/** False when the bytes are not the value's own: shared, or transferred away. */
export function writeBuffer(writer: ByteWriter, buffer: ArrayBuffer): boolean {
  if (buffer.detached) return false;
  writer.u8(Tag.ARRAY_BUFFER);
  writer.varint(buffer.byteLength);
  writer.raw(new Uint8Array(buffer));
  return true;
}

export function readBuffer(reader: ByteReader): ArrayBuffer {
  return copyOf(reader.raw(reader.varint()));
}

/** As `writeBuffer`. Only the bytes under the view are written. */
export function writeView(writer: ByteWriter, view: TypedArray): boolean {
  if (!(view.buffer instanceof ArrayBuffer) || view.buffer.detached) return false;
  writer.u8(Tag.TYPED_ARRAY);
  writer.u8(TYPED_ARRAYS.findIndex((type) => view instanceof type));
  writer.varint(view.byteLength);
  writer.raw(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return true;
}

export function readView(reader: ByteReader): TypedArray {
  const number = reader.u8();
  const type = TYPED_ARRAYS[number];
  if (type === undefined) throw corrupt('a typed array', `there is no type ${number}`);
  const length = reader.varint();
  if (length % type.BYTES_PER_ELEMENT !== 0) throw corrupt('a typed array', `${length} bytes are no whole elements`);
  return new type(copyOf(reader.raw(length)));
}

function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
}

function corrupt(what: string, detail: string): MillraceError {
  return new MillraceError('CHECKPOINT_CORRUPT', `Reading ${what} failed: ${detail}`);
}
