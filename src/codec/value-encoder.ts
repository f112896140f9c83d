import type { ByteWriter } from '../base/byte-writer.ts';
import { MillraceError } from '../base/errors.ts';
import type { StringBytes } from '../base/string-bytes.ts';
import { writeBigint, writeBuffer, writeView } from './binary-values.ts';
import { checkValue } from './check-value.ts';
import type { Fields, FieldsEncoder } from './field-codec.ts';
import { InlineStringWriter } from './inline-strings.ts';
import { registeredTypeOf } from './register-type.ts';
import { SampledCheck } from './sampled-check.ts';
import { isInt32 } from './shape-layout.ts';
import { ShapeTable } from './shape-table.ts';
import type { FieldsCode } from './shape-code.ts';
import type { Shape } from './shape-table.ts';
import type { StringWriter } from './string-form.ts';
import { builtInClassOf, describeUnsupported, prototypeOf } from './value-domain.ts';
import { FLAG_NO_PROTOTYPE, SHAPE_COUNT_MAX, Tag, VALUE_DEPTH_MAX } from './wire-format.ts';
import type { TypedArray } from './wire-format.ts';

export interface ValueEncoderOptions {
  /** The operators whose values these are, for the warning about shapes. */
  readonly owner?: string;
  /** Called at most once: objects have too many shapes or fields to be encoded fast. */
  readonly onWarning?: (message: string) => void;
  /**
   * Shapes shared with other encoders of the same producer: each stream still defines what it refers to. Such an encoder's
   * `reset` leaves the shapes alone. `owner` and `onWarning` are then the table's.
   */
  readonly shapes?: ShapeTable;
  /** Gathered strings instead of inline ones. */
  readonly stringWriter?: StringWriter;
}

/**
 * Encodes a stream of values (wire-format.ts). What one encoder writes can be decoded by one ValueDecoder that reads all of it in
 * order.
 *
 * Whatever would not come back the same is refused with VALUE_NOT_SERIALIZABLE and the path to it. Accessors, symbols as keys, hidden
 * fields and extra properties of arrays cost too much to look for in every value: they are found in the first values of an encoder
 * and in samples of the rest.
 */
export class ValueEncoder implements FieldsEncoder {
  readonly strings: StringWriter;
  readonly shapes: ShapeTable;
  readonly #sample = new SampledCheck();
  readonly #ownsShapes: boolean;
  readonly #isGathered: boolean;
  /** Version of each shape as last defined in this stream, by id; 0 for none. */
  readonly #defined = new Uint8Array(SHAPE_COUNT_MAX);
  #depth = 0;
  /** Of the last value, where that was a plain object: most streams hold values of one shape. */
  #lastShape: Shape | undefined;

  constructor(strings: StringBytes, options: ValueEncoderOptions = {}) {
    this.strings = options.stringWriter ?? new InlineStringWriter(strings);
    this.#isGathered = this.strings.form === 'gathered';
    this.#ownsShapes = options.shapes === undefined;
    this.shapes = options.shapes ?? new ShapeTable(options);
    if (!this.#ownsShapes) this.shapes.share();
  }

  /** The writer must be one that grows. A value that is refused leaves it as it was. */
  write(writer: ByteWriter, value: unknown): void {
    const start = writer.position;
    const mark = this.strings.mark();
    try {
      this.#sample.check(value);
      if (!this.#writeLikeLast(writer, value)) this.tagged(writer, value);
    } catch (error) {
      writer.position = start;
      this.strings.rewind(mark);
      this.#depth = 0;
      // Definitions may have been taken back with the rest.
      this.#defined.fill(0);
      throw this.#explain(error, value);
    }
  }

  /** What follows can be decoded without what was written before. */
  reset(): void {
    this.#defined.fill(0);
    this.#lastShape = undefined;
    if (this.#ownsShapes) this.shapes.clear();
  }

  /** For the code of shapes. */
  tagged(writer: ByteWriter, value: unknown): void {
    switch (typeof value) {
      case 'string':
        writer.u8(Tag.STRING);
        return this.strings.write(writer, value);
      case 'number':
        return writeNumber(writer, value);
      case 'boolean':
        return writer.u8(value ? Tag.TRUE : Tag.FALSE);
      case 'undefined':
        return writer.u8(Tag.UNDEFINED);
      case 'bigint':
        return writeBigint(this.strings, writer, value);
      case 'object':
        if (value === null) return writer.u8(Tag.NULL);
        return this.#object(writer, value);
      default:
        throw refusal(describeUnsupported(value));
    }
  }

  /** False, with nothing written, when the value is not of the last one's shape. */
  #writeLikeLast(writer: ByteWriter, value: unknown): boolean {
    const shape = this.#lastShape;
    if (shape === undefined || this.#defined[shape.id] !== shape.version) return false;
    if (typeof value !== 'object' || value === null) return false;
    this.#depth = 1;
    const isWritten = this.#codeOf(shape).encodeMatching(this, writer, value as Fields, shape.id); // it looks
    this.#depth = 0;
    return isWritten;
  }

  #object(writer: ByteWriter, value: object): void {
    if (++this.#depth > VALUE_DEPTH_MAX) throw refusal('a value nested too deep');
    if (Object.getPrototypeOf(value) === Object.prototype) this.#plain(writer, value as Fields, true);
    else this.#other(writer, value, prototypeOf(value));
    this.#depth--;
  }

  #plain(writer: ByteWriter, object: Fields, hasPrototype: boolean): void {
    const shape = this.shapes.find(object, hasPrototype);
    if (shape === undefined) return this.#named(writer, object, hasPrototype);
    if (this.#defined[shape.id] === shape.version) {
      const start = writer.position;
      // Tag and id at once.
      writer.u16(Tag.OBJECT + shape.id * 256);
      if (this.#codeOf(shape).encode(this, writer, object)) return this.#written(shape);
      writer.position = start;
    }
    // The definition comes with kinds that hold this object's fields, so this time the code does not refuse.
    this.shapes.widen(shape, object);
    this.#define(writer, shape);
    if (!this.#codeOf(shape).encode(this, writer, object))
      throw refusal('an object whose fields change while they are read');
    this.#written(shape);
  }

  #codeOf({ code }: Shape): FieldsCode {
    return this.#isGathered ? code.gathered : code.inline;
  }

  #written(shape: Shape): void {
    if (this.#depth === 1) this.#lastShape = shape;
  }

  #define(writer: ByteWriter, shape: Shape): void {
    const { fields, hasPrototype } = shape.code.layout;
    writer.u8(Tag.SHAPE);
    writer.u8(shape.id);
    writer.u8(hasPrototype ? 0 : FLAG_NO_PROTOTYPE);
    writer.u8(fields.length);
    for (const field of fields) {
      this.strings.write(writer, field.name);
      writer.u8(field.kind);
    }
    this.#defined[shape.id] = shape.version;
  }

  #named(writer: ByteWriter, object: Fields, hasPrototype: boolean): void {
    const names = Object.keys(object);
    writer.u8(Tag.NAMED);
    writer.u8(hasPrototype ? 0 : FLAG_NO_PROTOTYPE);
    writer.varint(names.length);
    for (const name of names) {
      this.strings.write(writer, name);
      this.tagged(writer, object[name]);
    }
  }

  #other(writer: ByteWriter, value: object, prototype: object | null): void {
    let isWritten = true;
    // The casts follow from the prototype.
    switch (builtInClassOf(prototype)) {
      case 'plain':
        return this.#plain(writer, value as Fields, prototype !== null);
      case 'array':
        return this.#array(writer, value as readonly unknown[]);
      case 'map':
        return this.#map(writer, value as ReadonlyMap<unknown, unknown>);
      case 'set':
        return this.#set(writer, value as ReadonlySet<unknown>);
      case 'date':
        writer.u8(Tag.DATE);
        return writer.f64((value as Date).getTime());
      case 'array-buffer':
        isWritten = writeBuffer(writer, value as ArrayBuffer);
        break;
      case 'typed-array':
        isWritten = writeView(writer, value as TypedArray);
        break;
      case undefined:
        return this.#registered(writer, value, prototype);
    }
    if (!isWritten) throw refusal('bytes that are shared or were transferred away');
  }

  #array(writer: ByteWriter, array: readonly unknown[]): void {
    writer.u8(Tag.ARRAY);
    writer.varint(array.length);
    for (let index = 0; index < array.length; index++) {
      const element = array[index];
      if (element === undefined && !(index in array)) throw refusal('a sparse array');
      this.tagged(writer, element);
    }
  }

  #map(writer: ByteWriter, map: ReadonlyMap<unknown, unknown>): void {
    writer.u8(Tag.MAP);
    writer.varint(map.size);
    for (const [key, value] of map) {
      this.tagged(writer, key);
      this.tagged(writer, value);
    }
  }

  #set(writer: ByteWriter, set: ReadonlySet<unknown>): void {
    writer.u8(Tag.SET);
    writer.varint(set.size);
    for (const value of set) this.tagged(writer, value);
  }

  #registered(writer: ByteWriter, value: object, prototype: object | null): void {
    const type = prototype === null ? undefined : registeredTypeOf(prototype);
    if (type === undefined) throw refusal(describeUnsupported(value));
    writer.u8(Tag.REGISTERED);
    this.strings.write(writer, type.name);
    writer.varint(type.version);
    this.tagged(writer, type.encode(value));
  }

  /** The strict check finds the path; it has nothing to say about errors of a registered class's own code. */
  #explain(error: unknown, value: unknown): unknown {
    if (!MillraceError.is(error) || error.code !== 'VALUE_NOT_SERIALIZABLE') return error;
    try {
      checkValue(value);
      return error;
    } catch (found) {
      return MillraceError.is(found) ? found : error;
    }
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (isInt32(value)) {
    writer.u8(Tag.INT32);
    writer.i32(value);
  } else {
    writer.u8(Tag.DOUBLE);
    writer.f64(value);
  }
}

function refusal(what: string): MillraceError {
  return new MillraceError('VALUE_NOT_SERIALIZABLE', `Encoding a value failed: it contains ${what}`);
}
