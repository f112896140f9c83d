import { ByteReader } from '../base/byte-reader.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { MillraceError } from '../base/errors.ts';
import type { StringBytes } from '../base/string-bytes.ts';
import { ValueDecoder } from './value-decoder.ts';
import { ValueEncoder } from './value-encoder.ts';

/** One value as bytes that stand for themselves. Throws VALUE_NOT_SERIALIZABLE with the path. */
export function encodeValue(strings: StringBytes, value: unknown): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  new ValueEncoder(strings).write(writer, value);
  return writer.toBytes();
}

/** Reads what `encodeValue` wrote. CHECKPOINT_CORRUPT for anything else, bytes left over included. */
export function decodeValue(strings: StringBytes, bytes: Uint8Array): unknown {
  const reader = new ByteReader(bytes);
  const value = new ValueDecoder(strings, { interpreted: true }).read(reader);
  if (reader.remaining > 0) {
    throw new MillraceError('CHECKPOINT_CORRUPT', `Decoding a value failed: ${reader.remaining} bytes are left over`);
  }
  return value;
}
