import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { keyIdOf, keyOfId } from './canonical-key.ts';
import { keyHash } from './key-hash.ts';

const primitive = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\u0000', '\u0000s1:a', '5', 's1:a', 'n5;', ''),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
);
const { key } = fc.letrec((tie) => ({
  key: fc.oneof(
    { maxDepth: 3 },
    primitive,
    fc.date({ noInvalidDate: true }),
    fc.array(tie('key'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), tie('key'), { maxKeys: 3 }),
  ),
}));

/** Equality of keys, written the obvious way. */
function isSameKey(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (a instanceof Date || b instanceof Date) {
    return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const fieldsOf = (value: object): [string, unknown][] =>
    Object.entries(value).toSorted(([x], [y]) => (x < y ? -1 : 1));
  const [left, right] = [fieldsOf(a), fieldsOf(b)];
  return (
    left.length === right.length &&
    left.every(([name, value], index) => name === right[index]?.[0] && isSameKey(value, right[index]?.[1]))
  );
}

describe('keyIdOf', () => {
  it('is equal exactly for equal keys', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        const ids = new Set([keyIdOf(a), keyIdOf(b)]);
        expect(ids.size === 1).toBe(isSameKey(a, b));
      }),
      { numRuns: 1000 },
    );
  });

  it('leads back to the key', () => {
    fc.assert(
      fc.property(key, (original) => {
        const back = keyOfId(keyIdOf(original));
        expect(isSameKey(back, original)).toBe(true);
        expect(keyIdOf(back)).toBe(keyIdOf(original));
        expect(keyHash(back)).toBe(keyHash(original));
      }),
      { numRuns: 500 },
    );
  });

  it('tells 5, 5n, "5", true and their composites apart', () => {
    const keys = [5, 5n, '5', true, 'true', [5], [5n], ['5'], { a: 5 }, [[5]], [5, 5], new Date(5), 'd5;', '\u0000d5;'];
    expect(new Set(keys.map(keyIdOf)).size).toBe(keys.length);
  });

  it('takes -0 for 0 and ignores the order of fields', () => {
    expect(Object.is(keyIdOf(-0), 0)).toBe(true);
    expect(keyIdOf([-0])).toBe(keyIdOf([0]));
    expect(keyIdOf({ a: 1, b: 2 })).toBe(keyIdOf({ b: 2, a: 1 }));
  });

  it('leaves plain texts and numbers as they are', () => {
    expect(keyIdOf('JFK')).toBe('JFK');
    expect(keyIdOf(7)).toBe(7);
  });

  it('refuses what no key may be', () => {
    expect(() => keyIdOf(null)).toThrow(expect.objectContaining({ code: 'KEY_TYPE_UNSUPPORTED' }));
    expect(() => keyIdOf([new Map()])).toThrow(/Key part '\[0\]'/);
  });
});
