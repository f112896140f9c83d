import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatedForm, interpretedForm, numberFormOf } from './number-form.ts';

const name = fc
  .oneof(fc.string(), fc.constantFrom('constructor', "it's", '"', 'a b', 'count'))
  .filter((text) => text !== '__proto__' && !/^\d/.test(text));
const record = fc.dictionary(name, fc.double(), { minKeys: 1, maxKeys: 8, noNullPrototype: true });

describe('forms of objects', () => {
  it('give back what was written, and the generated one does what the interpreted one does', () => {
    fc.assert(
      fc.property(record, (value) => {
        const fields = Object.keys(value);
        for (const form of [generatedForm(fields), interpretedForm(fields)]) {
          const words = new Float64Array(form.width + 2);
          expect(form.fits(value)).toBe(true);
          form.write(words, 2, value);
          expect(form.read(words, 2)).toStrictEqual(value);
          expect(Object.keys(form.read(words, 2) as object)).toEqual(fields);
        }
      }),
    );
  });

  it.each([
    ['more fields', { a: 1, b: 2, c: 3 }],
    ['fewer fields', { a: 1 }],
    ['another order', { b: 2, a: 1 }],
    ['other names', { a: 1, c: 2 }],
    ['text in a field', { a: 1, b: '2' }],
    ['a class', Object.assign(new (class {})(), { a: 1, b: 2 })],
    ['null', null],
    ['a number', 1],
  ])('do not fit %s', (_, value) => {
    expect(generatedForm(['a', 'b']).fits(value)).toBe(false);
    expect(interpretedForm(['a', 'b']).fits(value)).toBe(false);
  });
});

describe('numberFormOf', () => {
  it.each([
    ['a number', 5, undefined],
    ['-0', -0, undefined],
    ['an object of numbers', { x: 1, y: Number.NaN }, ['x', 'y']],
  ])('keeps %s in words', (_, value, fields) => {
    const form = numberFormOf(value);
    expect(form?.fields).toEqual(fields);
    const words = new Float64Array(2);
    form?.write(words, 0, value);
    expect(form?.read(words, 0)).toStrictEqual(value);
  });

  it.each([
    ['text', 'text'],
    ['null', null],
    ['no fields', {}],
    ['an array', [1]],
    ['an accessor', Object.defineProperty({}, 'a', { get: () => 1, enumerable: true })],
    ['a symbol', { [Symbol('a')]: 1 }],
    ['a field named by a number', { 1: 1 }],
    ['an own __proto__', JSON.parse('{"__proto__": 1}')],
    ['too many fields', Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`f${at}`, at]))],
  ])('leaves %s to the table of objects', (_, value) => {
    expect(numberFormOf(value)).toBeUndefined();
  });
});
