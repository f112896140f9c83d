import type { ByteReader } from '../base/byte-reader.ts';
import type { ByteWriter } from '../base/byte-writer.ts';
import type { StringReader, StringWriter } from './string-form.ts';

/** A plain object, as code that knows its shape sees it. */
export type Fields = Readonly<Record<string, unknown>>;

/** What the code of a shape needs of the encoder that uses it. */
export interface FieldsEncoder {
  readonly strings: StringWriter;
  tagged(writer: ByteWriter, value: unknown): void;
}

export interface FieldsDecoder {
  readonly strings: StringReader;
  tagged(reader: ByteReader): unknown;
}

/** Writes the fields of an object of the shape. False, with nothing written, when a field holds another kind of value. */
export type EncodeFields = (encoder: FieldsEncoder, writer: ByteWriter, object: Fields) => boolean;

/**
 * Writes a value: tag, shape id and the fields, if it is a plain object of the shape. False, with nothing written, when it is anything
 * else, or a field holds another kind of value.
 */
export type EncodeObject = (encoder: FieldsEncoder, writer: ByteWriter, object: Fields, shapeId: number) => boolean;

export type DecodeFields = (decoder: FieldsDecoder, reader: ByteReader) => object;
