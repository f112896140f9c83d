import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryRecord, arbitraryValue } from '../../test/support/arbitrary-value.ts';
import { describeValue } from '../../test/support/describe-value.ts';
import { testStrings } from '../../test/support/strings.ts';
import { ByteReader } from '../base/byte-reader.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { MillraceError } from '../base/errors.ts';
import { checkValue } from './check-value.ts';
import { copyValue } from './copy-value.ts';
import { decodeValue, encodeValue } from './encode-value.ts';
import { GatheredStringReader, GatheredStringWriter, textBytes } from './gathered-strings.ts';
import { ownStrings } from './own-strings.ts';
import { ValueDecoder } from './value-decoder.ts';
import { ValueEncoder } from './value-encoder.ts';

/** Enough of the same values that shapes get compiled on the way (shape-code.ts). */
const repeated = <T>(values: readonly T[]): T[] => Array.from({ length: 40 }, () => values).flat();

describe('a value', () => {
  test('comes back as it was, alone', () => {
    fc.assert(
      fc.property(arbitraryValue(), (value) => {
        const decoded = decodeValue(testStrings, encodeValue(testStrings, value));
        expect(describeValue(decoded)).toBe(describeValue(value));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    { strings: 'inline', interpreted: false },
    { strings: 'inline', interpreted: true },
    { strings: 'gathered', interpreted: false },
  ])('comes back as it was in a stream, $strings strings, interpreted: $interpreted', ({ strings, interpreted }) => {
    fc.assert(
      fc.property(fc.array(fc.oneof(arbitraryValue(), arbitraryRecord()), { maxLength: 12 }), (values) => {
        const all = repeated(values);
        const decoded = strings === 'inline' ? throughStream(all, interpreted) : throughPage(all);
        expect(decoded.map(describeValue)).toEqual(all.map(describeValue));
      }),
      { numRuns: 150 },
    );
  });

  test('passes the check, and its copy is equal and shares nothing that can change', () => {
    fc.assert(
      fc.property(arbitraryValue(), (value) => {
        checkValue(value);
        const copy = copyValue(value);
        expect(describeValue(copy)).toBe(describeValue(value));
        expect(sharedObjects(value, copy)).toBe(0);
        expect(describeValue(ownStrings(value))).toBe(describeValue(value));
      }),
    );
  });
});

describe('a decoder given bytes that no encoder wrote', () => {
  const outcome = (bytes: Uint8Array): string => {
    try {
      decodeValue(testStrings, bytes);
      return 'a value';
    } catch (error) {
      return MillraceError.is(error) ? error.code : `another error: ${String(error)}`;
    }
  };
  const allowed = ['a value', 'CHECKPOINT_CORRUPT', 'STATE_INCOMPATIBLE'];

  test('says so when they are cut off', () => {
    fc.assert(
      fc.property(arbitraryValue(), fc.nat(), (value, cut) => {
        const bytes = encodeValue(testStrings, value);
        expect(outcome(bytes.subarray(0, cut % bytes.length))).toBe('CHECKPOINT_CORRUPT');
      }),
      { numRuns: 500 },
    );
  });

  test('ends with a value or a clear error when some are changed', () => {
    fc.assert(
      fc.property(
        arbitraryValue(),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (value, changes) => {
          const bytes = encodeValue(testStrings, value);
          for (const [position, byte] of changes) bytes[position % bytes.length] = byte;
          expect(allowed).toContain(outcome(bytes));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('ends with a value or a clear error when they are noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(allowed).toContain(outcome(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});

function throughStream(values: readonly unknown[], interpreted: boolean): unknown[] {
  const writer = new ByteWriter();
  const encoder = new ValueEncoder(testStrings);
  for (const value of values) encoder.write(writer, value);
  const reader = new ByteReader(writer.toBytes());
  const decoder = new ValueDecoder(testStrings, { interpreted });
  const decoded = values.map(() => decoder.read(reader));
  expect(reader.remaining).toBe(0);
  return decoded;
}

function throughPage(values: readonly unknown[]): unknown[] {
  const stringWriter = new GatheredStringWriter();
  const writer = new ByteWriter();
  const encoder = new ValueEncoder(testStrings, { stringWriter });
  for (const value of values) encoder.write(writer, value);
  const { units, encoding } = stringWriter;
  const text = new Uint8Array(textBytes(units, encoding));
  stringWriter.writeTo(testStrings, text, 0, encoding);

  const stringReader = new GatheredStringReader();
  stringReader.readFrom(testStrings, text, 0, units, encoding);
  const reader = new ByteReader(writer.toBytes());
  const decoder = new ValueDecoder(testStrings, { stringReader });
  return values.map(() => decoder.read(reader));
}

function sharedObjects(left: unknown, right: unknown): number {
  const objects = objectsIn(left, new Set());
  return [...objectsIn(right, new Set())].filter((object) => objects.has(object)).length;
}

function objectsIn(value: unknown, found: Set<object>): Set<object> {
  if (typeof value !== 'object' || value === null) return found;
  found.add(value);
  const inside =
    value instanceof Map
      ? [...value].flat()
      : value instanceof Set
        ? [...value]
        : ArrayBuffer.isView(value)
          ? []
          : Object.values(value);
  for (const item of inside) objectsIn(item, found);
  return found;
}
