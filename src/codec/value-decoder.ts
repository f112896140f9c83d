import type { ByteReader } from '../base/byte-reader.ts';
import { MillraceError } from '../base/errors.ts';
import type { StringBytes } from '../base/string-bytes.ts';
import { readBigint, readBigint64, readBuffer, readView } from './binary-values.ts';
import type { DecodeFields, FieldsDecoder } from './field-codec.ts';
import { InlineStringReader } from './inline-strings.ts';
import { defineField, interpretedDecoder } from './interpreted-shape.ts';
import { decodeRegistered } from './register-type.ts';
import { ShapeCode } from './shape-code.ts';
import type { FieldsCode } from './shape-code.ts';
import { isFieldKind, ShapeLayout } from './shape-layout.ts';
import type { Field } from './shape-layout.ts';
import type { StringReader } from './string-form.ts';
import { FLAG_NO_PROTOTYPE, SHAPE_COUNT_MAX, SHAPE_FIELD_COUNT_MAX, Tag, VALUE_DEPTH_MAX } from './wire-format.ts';

export interface ValueDecoderOptions {
  /** Never runs code made for a shape: for bytes whose checksum nobody has verified. */
  readonly interpreted?: boolean;
  /** Gathered strings instead of inline ones. */
  readonly stringReader?: StringReader;
}

/**
 * Decodes what one ValueEncoder wrote, in order. Bytes that no encoder wrote are CHECKPOINT_CORRUPT, with work and memory bounded by
 * their length; a value of a class that is not registered here is STATE_INCOMPATIBLE.
 */
export class ValueDecoder implements FieldsDecoder {
  readonly strings: StringReader;
  readonly #isInterpreted: boolean;
  /** By id. Code is looked up at each use, because it is replaced once it has been compiled. */
  readonly #shapes: (FieldsCode | InterpretedShape | undefined)[] = Array.from({ length: SHAPE_COUNT_MAX });
  #depth = 0;

  constructor(strings: StringBytes, options: ValueDecoderOptions = {}) {
    this.strings = options.stringReader ?? new InlineStringReader(strings);
    this.#isInterpreted = options.interpreted ?? false;
  }

  read(reader: ByteReader): unknown {
    this.#depth = 0;
    return this.tagged(reader);
  }

  /** The encoder was reset here, or another one begins. */
  reset(): void {
    this.#shapes.fill(undefined);
  }

  /** For the code of shapes. */
  tagged(reader: ByteReader): unknown {
    const tag = reader.u8();
    switch (tag) {
      case Tag.OBJECT:
        return this.#object(reader);
      case Tag.STRING:
        return this.strings.read(reader);
      case Tag.INT32:
        return reader.i32();
      case Tag.DOUBLE:
        return reader.f64();
      case Tag.NULL:
        return null;
      case Tag.UNDEFINED:
        return undefined;
      case Tag.FALSE:
        return false;
      case Tag.TRUE:
        return true;
      case Tag.BIGINT64:
        return readBigint64(reader);
      case Tag.BIGINT:
        return readBigint(this.strings, reader);
      case Tag.DATE:
        return new Date(reader.f64());
      case Tag.ARRAY_BUFFER:
        return readBuffer(reader);
      case Tag.TYPED_ARRAY:
        return readView(reader);
      default:
        return this.#container(reader, tag);
    }
  }

  #container(reader: ByteReader, tag: number): unknown {
    this.#enter();
    const value = this.#inside(reader, tag);
    this.#depth--;
    return value;
  }

  #inside(reader: ByteReader, tag: number): unknown {
    switch (tag) {
      case Tag.SHAPE:
        return this.#define(reader).decode(this, reader);
      case Tag.ARRAY:
        return this.#array(reader);
      case Tag.MAP:
        return this.#map(reader);
      case Tag.SET:
        return this.#set(reader);
      case Tag.NAMED:
        return this.#named(reader);
      case Tag.REGISTERED:
        return decodeRegistered(this.strings.read(reader), reader.varint(), this.tagged(reader));
      default:
        throw corrupt(reader, `there is no kind of value ${tag}`);
    }
  }

  #object(reader: ByteReader): object {
    const id = reader.u8();
    const shape = this.#shapes[id];
    if (shape === undefined) throw corrupt(reader, `shape ${id} was not defined`);
    this.#enter();
    const object = shape.decode(this, reader);
    this.#depth--;
    return object;
  }

  #define(reader: ByteReader): FieldsCode | InterpretedShape {
    const id = reader.u8();
    const flags = reader.u8();
    const count = reader.u8();
    if (count > SHAPE_FIELD_COUNT_MAX) throw corrupt(reader, `a shape with ${count} fields`);
    const fields: Field[] = [];
    for (let index = 0; index < count; index++) {
      const name = this.strings.read(reader);
      const kind = reader.u8();
      if (!isFieldKind(kind)) throw corrupt(reader, `there is no kind of field ${kind}`);
      fields.push({ name, kind, index });
    }
    const layout = new ShapeLayout(fields, (flags & FLAG_NO_PROTOTYPE) === 0);
    const shape = this.#isInterpreted
      ? { decode: interpretedDecoder(layout) }
      : ShapeCode.of(layout)[this.strings.form];
    this.#shapes[id] = shape;
    return shape;
  }

  #named(reader: ByteReader): object {
    const flags = reader.u8();
    const count = reader.varint();
    const object: object = (flags & FLAG_NO_PROTOTYPE) === 0 ? {} : (Object.create(null) as object);
    for (let index = 0; index < count; index++) {
      const name = this.strings.read(reader);
      defineField(object, name, this.tagged(reader));
    }
    return object;
  }

  // Counts are not trusted: each element takes a byte at least, so a wrong count ends with the bytes.

  #array(reader: ByteReader): unknown[] {
    const array: unknown[] = [];
    const count = reader.varint();
    for (let index = 0; index < count; index++) array.push(this.tagged(reader));
    return array;
  }

  #map(reader: ByteReader): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>();
    const count = reader.varint();
    for (let index = 0; index < count; index++) {
      const key = this.tagged(reader);
      map.set(key, this.tagged(reader));
    }
    return map;
  }

  #set(reader: ByteReader): Set<unknown> {
    const set = new Set<unknown>();
    const count = reader.varint();
    for (let index = 0; index < count; index++) set.add(this.tagged(reader));
    return set;
  }

  #enter(): void {
    if (++this.#depth > VALUE_DEPTH_MAX) {
      throw new MillraceError(
        'CHECKPOINT_CORRUPT',
        `Decoding a value failed: it is nested deeper than ${VALUE_DEPTH_MAX} levels`,
      );
    }
  }
}

interface InterpretedShape {
  readonly decode: DecodeFields;
}

function corrupt(reader: ByteReader, detail: string): MillraceError {
  return new MillraceError('CHECKPOINT_CORRUPT', `Decoding a value failed before byte ${reader.position}: ${detail}`);
}
