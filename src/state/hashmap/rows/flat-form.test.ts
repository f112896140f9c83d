import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flatFormOf, generatedForm, interpretedForm } from './flat-form.ts';
import type { CellKind } from './flat-form.ts';

const name = fc
  .oneof(fc.string(), fc.constantFrom('constructor', "it's", '"', 'a b', 'count'))
  .filter((text) => text !== '__proto__' && !/^\d/.test(text));
const record = fc.dictionary(name, fc.oneof(fc.double(), fc.string()), {
  minKeys: 1,
  maxKeys: 8,
  noNullPrototype: true,
});

describe('forms of objects', () => {
  it('give back what was written, and the generated one does what the interpreted one does', () => {
    fc.assert(
      fc.property(record, (value) => {
        const fields = Object.keys(value);
        const kinds = Object.values(value).map((held): CellKind => (typeof held === 'number' ? 'number' : 'text'));
        for (const form of [generatedForm(fields, kinds), interpretedForm(fields, kinds)]) {
          const cells = { words: new Float64Array(form.wordCount + 2), texts: ['before'] };
          expect(form.fits(value)).toBe(true);
          form.write(cells, 2, 1, value);
          expect(isDeepStrictEqual(form.read(cells, 2, 1), value)).toBe(true);
          expect(Object.keys(form.read(cells, 2, 1) as object)).toEqual(fields);
          expect([cells.words[1], cells.texts[0], cells.texts.length]).toEqual([0, 'before', 1 + form.textCount]);
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
    expect(generatedForm(['a', 'b'], ['number', 'number']).fits(value)).toBe(false);
    expect(interpretedForm(['a', 'b'], ['number', 'number']).fits(value)).toBe(false);
  });
});

describe('flatFormOf', () => {
  it.each([
    ['a number', 5, undefined],
    ['-0', -0, undefined],
    ['a text', 'text', undefined],
    ['an object of numbers', { x: 1, y: Number.NaN }, ['x', 'y']],
    ['an object of numbers and texts', { x: 1, name: 'a', y: 2 }, ['x', 'name', 'y']],
  ])('keeps %s in cells', (_, value, fields) => {
    const form = flatFormOf(value);
    expect(form?.fields).toEqual(fields);
    const cells = { words: new Float64Array(2), texts: [] };
    form?.write(cells, 0, 0, value);
    expect(form?.read(cells, 0, 0)).toStrictEqual(value);
  });

  it.each([
    ['true', true],
    ['null', null],
    ['no fields', {}],
    ['an array', [1]],
    ['an accessor', Object.defineProperty({}, 'a', { get: () => 1, enumerable: true })],
    ['a symbol', { [Symbol('a')]: 1 }],
    ['a field named by a number', { 1: 1 }],
    ['an own __proto__', JSON.parse('{"__proto__": 1}')],
    ['too many fields', Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`f${at}`, at]))],
  ])('leaves %s to the table of objects', (_, value) => {
    expect(flatFormOf(value)).toBeUndefined();
  });
});
