/**
 * Generated code does what interpreting the layout does, byte for byte, for any names and any kinds; and it refuses the same
 * objects. The names include whatever could break out of a literal.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryName, arbitraryNumber, arbitraryText } from '../../test/support/arbitrary-value.ts';
import { describeValue } from '../../test/support/describe-value.ts';
import { testStrings } from '../../test/support/strings.ts';
import { ByteReader } from '../base/byte-reader.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import type { EncodeFields, EncodeObject, Fields } from './field-codec.ts';
import { GatheredStringReader, GatheredStringWriter } from './gathered-strings.ts';
import {
  decoderSource,
  encoderSource,
  generatedDecoder,
  generatedEncoder,
  generatedMatchingEncoder,
  matchingEncoderSource,
} from './generated-shape.ts';
import {
  defineField,
  interpretedDecoder,
  interpretedEncoder,
  interpretedMatchingEncoder,
} from './interpreted-shape.ts';
import { ShapeLayout } from './shape-layout.ts';
import type { StringForm } from './string-form.ts';
import { ValueDecoder } from './value-decoder.ts';
import { ValueEncoder } from './value-encoder.ts';
import { Tag } from './wire-format.ts';

const FORMS: readonly StringForm[] = ['inline', 'gathered'];

const SHAPE_ID = 7;

const names = fc.uniqueArray(arbitraryName(), { maxLength: 6 });
const field = fc.oneof(arbitraryNumber(), arbitraryText(), fc.boolean(), fc.constantFrom(null, undefined, 1n));

function objectWith(keys: readonly string[], values: readonly unknown[], hasPrototype: boolean): Fields {
  const object = (hasPrototype ? {} : Object.create(null)) as Fields;
  for (const [index, name] of keys.entries()) defineField(object, name, values[index]);
  return object;
}

test('generated code and interpretation agree', () => {
  const rows = fc.array(fc.array(field, { minLength: 6, maxLength: 6 }), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(names, rows, fc.boolean(), (keys, valueRows, hasPrototype) => {
      const objects = valueRows.map((values) => objectWith(keys, values, hasPrototype));
      const [first = {}, ...others] = objects;
      const ownNames = Object.keys(first);
      const narrow = ShapeLayout.of(first, ownNames, hasPrototype);
      const wide = others.reduce<ShapeLayout>((layout, object) => layout.widenedBy(object), narrow);
      for (const form of FORMS)
        for (const layout of [narrow, wide]) for (const object of objects) compare(form, layout, object);
    }),
    { numRuns: 300 },
  );
});

test('code that matches refuses what has other names, another order or another prototype, and takes the rest', () => {
  const layout = ShapeLayout.of({ a: 1, b: 'x' }, ['a', 'b'], true);
  const bare = ShapeLayout.of({ a: 1, b: 'x' }, ['a', 'b'], false);
  const without: Fields = Object.assign(Object.create(null), { a: 1, b: 'x' });
  const inherited: Fields = Object.assign(Object.create({ b: 'x' }), { a: 1 });
  const ofClass: Fields = Object.assign<object, Fields>(new (class Pair {})(), { a: 1, b: 'x' });
  const foreign: readonly Fields[] = [
    { a: 1 },
    { a: 1, b: 'x', c: 1 },
    { b: 'x', a: 1 },
    { a: 1, c: 'x' },
    { a: 1, b: 2 },
    {},
    inherited,
    ofClass,
  ];
  for (const form of FORMS) {
    for (const matching of [interpretedMatchingEncoder, generatedMatchingEncoder]) {
      const takes = (shape: ShapeLayout, object: Fields): boolean =>
        encodedBy(withId(matching(shape, form)), form, object) !== undefined;
      expect(foreign.filter((object) => takes(layout, object) || takes(bare, object))).toEqual([]);
      expect([takes(layout, { a: 1, b: 'x' }), takes(bare, { a: 1, b: 'x' })]).toEqual([true, false]);
      expect([takes(layout, without), takes(bare, without)]).toEqual([false, true]);
    }
  }
});

test('names stand in the source only as JSON strings', () => {
  const hostile = `x"]; process.exit(1); //\u2028\n\${1}`;
  const layout = ShapeLayout.of({ [hostile]: 1 }, [hostile], true);
  const sources = FORMS.flatMap((form) =>
    [encoderSource, matchingEncoderSource, decoderSource].map((source) => source(layout, form)),
  );
  for (const source of sources) {
    expect(source.replaceAll(JSON.stringify(hostile), '')).not.toContain('process');
    expect(source).toContain(JSON.stringify(hostile));
  }
});

function compare(form: StringForm, layout: ShapeLayout, object: Fields): void {
  const encoded = encodedBy(interpretedEncoder(layout), form, object);
  expect(encodedBy(generatedEncoder(layout, form), form, object)).toEqual(encoded);
  const tagged = encodedBy(withId(interpretedMatchingEncoder(layout)), form, object);
  expect(encodedBy(withId(generatedMatchingEncoder(layout, form)), form, object)).toEqual(tagged);
  expect(tagged?.bytes).toEqual(encoded && Uint8Array.of(Tag.OBJECT, SHAPE_ID, ...encoded.bytes));
  if (encoded === undefined) return;
  for (const decodeFields of [interpretedDecoder, generatedDecoder]) {
    const reader = new ByteReader(encoded.bytes);
    const decoder = new ValueDecoder(testStrings, form === 'inline' ? {} : { stringReader: readerOf(encoded.text) });
    const decoded = decodeFields(layout, form)(decoder, reader);
    expect(reader.remaining).toBe(0);
    expect(describeValue(decoded)).toBe(describeValue(object));
  }
}

function withId(encode: EncodeObject): EncodeFields {
  return (encoder, writer, object) => encode(encoder, writer, object, SHAPE_ID);
}

/** Undefined when it is refused: then nothing must have been written. */
function encodedBy(
  encode: EncodeFields,
  form: StringForm,
  object: Fields,
): { readonly bytes: Uint8Array; readonly text: string } | undefined {
  const writer = new ByteWriter();
  const stringWriter = new GatheredStringWriter();
  const encoder = new ValueEncoder(testStrings, form === 'inline' ? {} : { stringWriter });
  const isTaken = encode(encoder, writer, object);
  if (isTaken) return { bytes: writer.toBytes(), text: stringWriter.text };
  expect([writer.position, stringWriter.text]).toEqual([0, '']);
  return undefined;
}

function readerOf(text: string): GatheredStringReader {
  const reader = new GatheredStringReader();
  reader.text = text;
  return reader;
}
