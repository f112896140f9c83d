import { describe, expect, it } from 'vitest';
import { globBase, globToRegExp, hasGlob, matchesAny, relativePattern } from './glob-pattern.ts';

function matches(pattern: string, path: string): boolean {
  return globToRegExp(pattern).test(path);
}

describe('globToRegExp', () => {
  it.each([
    ['*.jsonl', 'a.jsonl', true],
    ['*.jsonl', 'a.jsonl.gz', false],
    ['*.jsonl', 'sub/a.jsonl', false],
    ['data/*.csv', 'data/.csv', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['a?c', 'a😀c', true],
    ['**/x', 'x', true],
    ['**/x', 'a/b/x', true],
    ['a/**', 'a/b/c', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'axb', false],
    ['part-[0-9].txt', 'part-7.txt', true],
    ['part-[!0-9].txt', 'part-7.txt', false],
    ['part-[!0-9].txt', 'part-/.txt', false],
    ['[]x]', ']', true],
    ['[^x]', '^', true],
    ['x.{json,csv}', 'x.csv', true],
    ['x.{json,csv}', 'x.json,csv', false],
    ['a+b(1).txt', 'a+b(1).txt', true],
    ['a.b', 'axb', false],
  ])('%s against %s is %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  it.each(['a[bc', 'a{b,c', 'a{b*,c}'])('refuses %s', (pattern) => {
    expect(() => globToRegExp(pattern)).toThrow(`Reading the pattern '${pattern}' failed`);
  });
});

describe('globBase', () => {
  it.each([
    ['data/*.csv', 'data'],
    ['data/2024/**/x.csv', 'data/2024'],
    ['/*.csv', '/'],
    ['/var/log/{a,b}', '/var/log'],
    ['*.csv', ''],
    ['plain/file.csv', 'plain/file.csv'],
  ])('of %s is %s', (pattern, base) => {
    expect(globBase(pattern)).toBe(base);
  });

  it('tells patterns from plain paths', () => {
    expect(['a/b.csv', 'a/*.csv', 'a?', 'a[1]', '{a,b}'].map(hasGlob)).toEqual([false, true, true, true, true]);
  });
});

describe('matchesAny', () => {
  it('holds patterns without a slash against the name and others against the path', () => {
    expect(matchesAny([relativePattern('*.csv')], 'a/b/c.csv')).toBe(true);
    expect(matchesAny([relativePattern('a/*.csv')], 'a/b/c.csv')).toBe(false);
    expect(matchesAny([relativePattern('x'), relativePattern('a/**')], 'a/b/c.csv')).toBe(true);
    expect(matchesAny([], 'a.csv')).toBe(false);
  });
});
