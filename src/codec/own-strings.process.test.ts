/**
 * That a string holds on to the text it was cut from is not visible in the language, only in the memory in use: this cuts one small
 * piece from each of many large texts, lets the texts go, and looks at the heap after a collection.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { ownString, ownStrings } from './own-strings.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Node keeps the characters of larger strings outside the heap. */
const PAGE_UNITS = 512 * 1024;
const PAGE_COUNT = 80;

function heapUsedAfter(make: (piece: string) => unknown): number {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: PAGE_COUNT }, (_, index) => {
    const page = Buffer.alloc(PAGE_UNITS, `page ${index} of many `).toString('latin1');
    return make(page.slice(100, 140));
  });
  collectGarbage();
  const used = process.memoryUsage().heapUsed - before;
  expect(kept).toHaveLength(PAGE_COUNT);
  return used;
}

describe('a string cut from a page', () => {
  const pagesBytes = PAGE_COUNT * PAGE_UNITS;

  test('keeps the page in memory, which is why ownStrings exists', () => {
    expect(heapUsedAfter((piece) => piece)).toBeGreaterThan(pagesBytes / 2);
  });

  test('does not once it is its own', () => {
    expect(heapUsedAfter(ownString)).toBeLessThan(pagesBytes / 4);
  });

  test('does not inside a value, as a key or deep down', () => {
    const inValue = (piece: string): unknown =>
      ownStrings({ id: 1, name: piece, list: [[piece]], map: new Map([[piece, { piece }]]) });
    expect(heapUsedAfter(inValue)).toBeLessThan(pagesBytes / 4);
  });
});

describe('ownStrings', () => {
  test('returns a value without long strings as it is', () => {
    const value = { id: 1, name: 'short', when: new Date(1) };
    expect(ownStrings(value)).toBe(value);
  });

  test('returns an equal value otherwise', () => {
    const value = {
      id: 1,
      name: 'long enough to be cut',
      list: ['another long string', 'é'.repeat(20), '漢'.repeat(20)],
    };
    expect(ownStrings(value)).toEqual(value);
  });
});
