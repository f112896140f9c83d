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
import type { Fields } from './field-codec.ts';
import { decoderSource, encoderSource, generatedDecoder, generatedEncoder } from './generated-shape.ts';
import { defineField, interpretedDecoder, interpretedEncoder } from './interpreted-shape.ts';
import { ShapeLayout } from './shape-layout.ts';
import { ValueDecoder } from './value-decoder.ts';
import { ValueEncoder } from './value-encoder.ts';

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
      for (const layout of [narrow, wide]) for (const object of objects) compare(layout, object);
    }),
    { numRuns: 500 },
  );
});

test('names stand in the source only as JSON strings', () => {
  const hostile = `x"]; process.exit(1); //\u2028\n\${1}`;
  const layout = ShapeLayout.of({ [hostile]: 1 }, [hostile], true);
  for (const source of [encoderSource(layout), decoderSource(layout)]) {
    expect(source.replaceAll(JSON.stringify(hostile), '')).not.toContain('process');
    expect(source).toContain(JSON.stringify(hostile));
  }
});

function compare(layout: ShapeLayout, object: Fields): void {
  const encode = (encodeFields: typeof generatedEncoder): Uint8Array | undefined => {
    const writer = new ByteWriter();
    return encodeFields(layout)(new ValueEncoder(testStrings), writer, object) ? writer.toBytes() : undefined;
  };
  const bytes = encode(interpretedEncoder);
  expect(encode(generatedEncoder)).toEqual(bytes);
  if (bytes === undefined) return;
  for (const decodeFields of [interpretedDecoder, generatedDecoder]) {
    const reader = new ByteReader(bytes);
    const decoded = decodeFields(layout)(new ValueDecoder(testStrings), reader);
    expect(reader.remaining).toBe(0);
    expect(describeValue(decoded)).toBe(describeValue(object));
  }
}
