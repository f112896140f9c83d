import { describe, expect, it } from 'vitest';
import { formatCount, formatLag, formatRate, formatShare, formatTimeOfDay, formatWatermark } from './format-values.ts';

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1_234_567.4, '1,234,567'],
  ])('%d', (count, text) => expect(formatCount(count)).toBe(text));
});

describe('formatRate', () => {
  it.each([
    [0, '0'],
    [0.04, '0.0'],
    [9.94, '9.9'],
    [9.96, '10'],
    [999.4, '999'],
    [999.6, '1.00 k'],
    [9_996, '10.0 k'],
    [99_960, '100 k'],
    [999_499, '999 k'],
    [999_500, '1.00 M'],
    [12_345_678, '12.3 M'],
    [2.5e9, '2.50 G'],
  ])('%d', (rate, text) => expect(formatRate(rate)).toBe(text));
});

describe('formatWatermark', () => {
  it.each([
    [Number.NEGATIVE_INFINITY, '-'],
    [Number.POSITIVE_INFINITY, 'end'],
    [Date.UTC(2001, 0, 3, 12), '2001-01-03 12:00:00'],
    [Date.UTC(2001, 0, 3, 12) - 1, '2001-01-03 11:59:59.999'],
    [2 ** 53, '9007199254740992'],
  ])('%d', (watermarkMs, text) => expect(formatWatermark(watermarkMs)).toBe(text));
});

describe('formatLag', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    [now - 350, '350 ms'],
    [now + 5_000, '0 ms'],
    [now - 36 * 3_600_000, '36 h 0 min'],
    [now - 90 * 86_400_000, '90 d'],
    [Date.UTC(2001, 0, 1), '25.0 y'],
    [Number.POSITIVE_INFINITY, ''],
    [Number.NEGATIVE_INFINITY, ''],
  ])('%d', (watermarkMs, text) => expect(formatLag(watermarkMs, now)).toBe(text));
});

it('formatShare rounds', () => expect(formatShare(0.426)).toBe('43 %'));

it('formatTimeOfDay is local', () => expect(formatTimeOfDay(new Date(2026, 0, 2, 3, 4, 5).getTime())).toBe('03:04:05'));
