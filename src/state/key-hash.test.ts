import { describe, expect, it } from 'vitest';
import { keyHash } from './key-hash.ts';

class Point {
  readonly x = 1;
}

const cyclic: unknown[] = [];
cyclic.push(cyclic);

describe('keyHash', () => {
  it.each([
    ['int', 5, 5],
    ['negative int', -2_147_483_648, -2_147_483_648],
    ['-0 as 0', -0, 0],
    ['safe integer as long', 4_294_967_296, 1],
    ['negative safe integer as long', -4_294_967_297, 1],
    ['fraction as double', 1.5, 1_073_217_536],
    ['large whole number as double', 1e300, 0xf637_91a0 | 0],
    ['NaN', Number.NaN, 0x7ff8_0000],
    ['Infinity', Number.POSITIVE_INFINITY, 0x7ff0_0000],
    ['bigint as long', -2n, 1],
    ['bigint of 64 bits as long', 2n ** 63n - 1n, -2_147_483_648],
    ['bigint of 65 bits as BigInteger', 2n ** 64n, 961],
    ['negative BigInteger', -(2n ** 64n), -961],
    ['true', true, 1231],
    ['false', false, 1237],
    ['date as long', new Date(1_700_000_000_000), -807_048_821],
    ['date before the epoch', new Date(-2), 1],
    ['array as tuple', ['k0', -10], 104_305],
    ['tuple of one', [7], 7],
    ['empty tuple', [], 0],
    ['object as tuple over sorted fields', { b: -10, a: 'k0' }, 104_305],
    ['nested', [['k0', -10], { x: 1 }], 104_305 * 31 + 1],
  ])('of %s', (_, key, expected) => {
    expect(keyHash(key)).toBe(expected);
  });

  it('takes objects without prototype', () => {
    expect(keyHash(Object.assign(Object.create(null), { a: 3 }))).toBe(3);
  });

  it.each([
    ['null', null, /Key is null$/],
    ['undefined', undefined, /Key is undefined$/],
    ['an invalid date', new Date(Number.NaN), /Key is an invalid Date$/],
    ['a function', () => 1, /Key is a function$/],
    ['a symbol', Symbol('s'), /Key is a symbol$/],
    ['a Map', new Map(), /Key is an instance of Map$/],
    ['a class instance inside', [1, { p: new Point() }], /Key part '\[1\]\.p' is an instance of Point$/],
    ['a null field', { a: { b: null } }, /Key part 'a\.b' is null$/],
    ['NaN inside', { a: [1, Number.NaN] }, /Key part 'a\[1\]' is NaN$/],
    ['a hole', Array.from<number>({ length: 1 }), /Key part '\[0\]' is undefined$/],
    ['a cycle', cyclic, /is nested more than 16 levels deep$/],
  ])('refuses %s and says where', (_, key, message) => {
    expect(() => keyHash(key)).toThrow(message);
    expect(() => keyHash(key)).toThrow(expect.objectContaining({ code: 'KEY_TYPE_UNSUPPORTED' }));
  });
});
