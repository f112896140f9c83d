/** Bytes that checkpoints hold. When one of these changes, old checkpoints no longer read: add a new tag instead. */
import { describe, expect, test } from 'vitest';
import { describeValue } from '../../test/support/describe-value.ts';
import { testStrings } from '../../test/support/strings.ts';
import { decodeValue, encodeValue } from './encode-value.ts';

const stored: readonly (readonly [unknown, string])[] = [
  [null, '00'],
  [undefined, '01'],
  [false, '02'],
  [true, '03'],
  [-2, '04 feffffff'],
  [-0, '05 0000000000000080'],
  [1.5, '05 000000000000f83f'],
  ['abc', '06 0c 616263'],
  ['é€', '06 15 c3a9 e282ac'],
  ['\ud800', '06 0a 00d8'],
  [-3n, '07 fdffffffffffffff'],
  [2n ** 64n, '08 44 31 30303030303030303030303030303030'],
  [new Date(1), '09 000000000000f03f'],
  [[1, 'x'], '0a 02 04 01000000 06 04 78'],
  [new Map([['k', null]]), '0b 01 06 04 6b 00'],
  [new Set([true]), '0c 01 03'],
  [new Uint8Array([7, 8]).buffer, '0d 02 0708'],
  [new Int8Array([1]), '0e 00 01 01'],
  [new Uint8Array([1]), '0e 01 01 01'],
  [new Uint8ClampedArray([1]), '0e 02 01 01'],
  [new Int16Array([1]), '0e 03 02 0100'],
  [new Uint16Array([1]), '0e 04 02 0100'],
  [new Int32Array([1]), '0e 05 04 01000000'],
  [new Uint32Array([1]), '0e 06 04 01000000'],
  [new Float32Array([1]), '0e 07 04 0000803f'],
  [new Float64Array([1]), '0e 08 08 000000000000f03f'],
  [new BigInt64Array([1n]), '0e 09 08 0100000000000000'],
  [new BigUint64Array([1n]), '0e 0a 08 0100000000000000'],
  [Float16Array.of(1), '0e 0b 02 003c'],
  [
    [
      { s: 'x', i: 5, t: null, n: 0.5, b: true },
      { s: 'y', i: 6, t: 1, n: 2, b: false },
    ],
    '0a 02 ' +
      '10 00 00 05 04 73 03 04 69 00 04 74 04 04 6e 01 04 62 02 05000000 000000000000e03f 01 04 78 00 ' +
      '0f 00 06000000 0000000000000040 00 04 79 04 01000000',
  ],
  [Object.create(null), '10 00 01 00'],
];

describe('a stored value', () => {
  test.each(stored)('%o is %s', (value, hex) => {
    const bytes = encodeValue(testStrings, value);
    expect(Buffer.from(bytes).toString('hex')).toBe(hex.replaceAll(' ', ''));
    expect(describeValue(decodeValue(testStrings, bytes))).toBe(describeValue(value));
  });

  test('of an object beyond the limits has its names inline', () => {
    const wide = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`f${index}`, true]));
    const hex = Buffer.from(encodeValue(testStrings, wide)).toString('hex');
    expect(hex.startsWith('11' + '00' + '41' + '086630' + '03' + '086631' + '03')).toBe(true);
  });
});
