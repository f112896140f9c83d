/** Encoding and decoding of fields by looking at the layout: for the first objects of a shape, and for bytes nobody vouches for. */
import type { ByteReader } from '../base/byte-reader.ts';
import type { ByteWriter } from '../base/byte-writer.ts';
import type { DecodeFields, EncodeFields, EncodeObject, Fields, FieldsDecoder, FieldsEncoder } from './field-codec.ts';
import { holds, KIND_BOOLEAN, KIND_INT, KIND_NUMBER, KIND_STRING, KIND_TAGGED } from './shape-layout.ts';
import type { FieldKind, ShapeLayout } from './shape-layout.ts';
import { Tag } from './wire-format.ts';

export function interpretedEncoder(layout: ShapeLayout): EncodeFields {
  return (encoder, writer, object) => {
    for (const field of layout.fields) if (!holds(field.kind, object[field.name])) return false;
    for (const field of layout.wireOrder) writeField(encoder, writer, field.kind, object[field.name]);
    return true;
  };
}

export function interpretedMatchingEncoder(layout: ShapeLayout): EncodeObject {
  const encode = interpretedEncoder(layout);
  return (encoder, writer, object, shapeId) => {
    if (!isOfShape(layout, object)) return false;
    const start = writer.position;
    writer.u8(Tag.OBJECT);
    writer.u8(shapeId);
    if (encode(encoder, writer, object)) return true;
    writer.position = start;
    return false;
  };
}

function isOfShape({ fields, hasPrototype }: ShapeLayout, object: Fields): boolean {
  if (Object.getPrototypeOf(object) !== (hasPrototype ? Object.prototype : null)) return false;
  const names = Object.keys(object);
  return names.length === fields.length && fields.every(({ name }, index) => name === names[index]);
}

export function interpretedDecoder(layout: ShapeLayout): DecodeFields {
  return (decoder, reader) => {
    const values: unknown[] = Array.from({ length: layout.fields.length });
    for (const field of layout.wireOrder) values[field.index] = readField(decoder, reader, field.kind);
    const object: object = layout.hasPrototype ? {} : (Object.create(null) as object);
    for (const field of layout.fields) defineField(object, field.name, values[field.index]);
    return object;
  };
}

/** Makes a field of any name: '__proto__' must not reach the setter that sits under it. */
export function defineField(object: object, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    (object as Record<string, unknown>)[name] = value; // a plain object
  }
}

/** The value is of the kind: `holds` said so. */
function writeField(encoder: FieldsEncoder, writer: ByteWriter, kind: FieldKind, value: unknown): void {
  switch (kind) {
    case KIND_INT:
      return writer.i32(value as number);
    case KIND_NUMBER:
      return writer.f64(value as number);
    case KIND_BOOLEAN:
      return writer.u8(value === true ? 1 : 0);
    case KIND_STRING:
      return encoder.strings.write(writer, value as string);
    case KIND_TAGGED:
      return encoder.tagged(writer, value);
  }
}

function readField(decoder: FieldsDecoder, reader: ByteReader, kind: FieldKind): unknown {
  switch (kind) {
    case KIND_INT:
      return reader.i32();
    case KIND_NUMBER:
      return reader.f64();
    case KIND_BOOLEAN:
      return reader.u8() === 1;
    case KIND_STRING:
      return decoder.strings.read(reader);
    case KIND_TAGGED:
      return decoder.tagged(reader);
  }
}
