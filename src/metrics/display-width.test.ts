import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, fitWidth, padWidth, printable } from './display-width.ts';

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['né', 2],
    ['e\u0301', 1],
    ['集計', 4],
    ['🚀 x', 4],
  ])('%j takes %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('fitWidth', () => {
  it('cuts with an ellipsis, between characters of two columns too', () => {
    expect(fitWidth('abcdef', 6)).toBe('abcdef');
    expect(fitWidth('abcdef', 4)).toBe('abc…');
    expect(fitWidth('集計集計', 4)).toBe('集…');
    expect(fitWidth('abc', 0)).toBe('');
  });

  it('never gives more than the width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, width) => {
        expect(displayWidth(fitWidth(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

it('padWidth fills on either side', () => {
  expect(padWidth('計', 4)).toBe('計  ');
  expect(padWidth('5', 3, 'right')).toBe('  5');
  expect(padWidth('long', 2)).toBe('long');
});

it('printable leaves nothing that moves the cursor', () => {
  expect(printable('a\u001b[2Jb\nc\rd\u009be')).toBe('a?[2Jb?c?d?e');
});
