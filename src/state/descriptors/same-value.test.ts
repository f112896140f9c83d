import { describe, expect, test } from 'vitest';
import { copyValue } from '../../codec/copy-value.ts';
import { freezeValue } from '../../codec/freeze-value.ts';
import { isSameValue } from './same-value.ts';

const values: readonly (readonly [string, unknown])[] = [
  ['a Date', new Date(7)],
  ['an invalid Date', new Date(Number.NaN)],
  ['a Map', new Map([['a', new Set([1])]])],
  ['a Set', new Set([{ a: 1 }])],
  ['an array', [1, [new Date(1)]]],
  ['an object', { at: new Date(1), n: -0 }],
  ['a typed array', new Int16Array([1, 2])],
];

describe('a value is the same', () => {
  test.each(values)('as its copy that was frozen because it was emitted: %s', (_, value) => {
    expect(isSameValue(value, freezeValue(copyValue(value)))).toBe(true);
  });
});

describe('a value is another', () => {
  test.each([
    ['0 and -0', 0, -0],
    ['a field that is missing', { a: 1, b: undefined }, { a: 1 }],
    ['two times', new Date(1), new Date(2)],
    ['a Map and a Set', new Map(), new Set()],
    ['an array and an object', [], {}],
    ['two kinds of typed array', new Uint8Array(1), new Int8Array(1)],
    ['an element', [{ a: [1] }], [{ a: [2] }]],
    [
      'the order of entries',
      new Map([
        [1, 1],
        [2, 2],
      ]),
      new Map([
        [2, 2],
        [1, 1],
      ]),
    ],
  ])('than %s', (_, a, b) => {
    expect(isSameValue(a, b)).toBe(false);
    expect(isSameValue(b, a)).toBe(false);
  });
});
