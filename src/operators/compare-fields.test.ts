import { describe, expect, test } from 'vitest';
import { compareFields } from './compare-fields.ts';

const ASCENDING: Record<string, unknown[]> = {
  numbers: [Number.NEGATIVE_INFINITY, -1, -0, 0, 0.5, Number.POSITIVE_INFINITY, Number.NaN],
  bigints: [-(2n ** 70n), 0n, 1n, 2n ** 70n],
  texts: ['', 'A', 'a', 'aa', 'b', '\uFFFF'],
  booleans: [false, true],
  dates: [new Date(-1), new Date(0), new Date(5), new Date(Number.NaN)],
};

describe.each(Object.entries(ASCENDING))('the order of %s', (_, values) => {
  test('is that of Java', () => {
    for (const [i, a] of values.entries()) {
      for (const [j, b] of values.entries())
        expect(Math.sign(compareFields(a, b, 'v')), `${String(a)} and ${String(b)}`).toBe(Math.sign(i - j));
    }
  });
});

test.each([
  [1, 1n],
  [1, '1'],
  [null, null],
  [undefined, 1],
  [{}, {}],
  [new Date(0), 0],
])('%s and %s have no order', (a, b) => {
  expect(() => compareFields(a, b, 'in.v')).toThrow("Comparing field 'in.v' failed");
});
