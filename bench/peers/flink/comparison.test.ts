import { describe, expect, it } from 'vitest';
import { comparisonTable } from './comparison-table.ts';
import { figuresOf, median } from './comparison.ts';
import type { Comparison } from './comparison.ts';
import type { EngineRun } from './engine.ts';

function run(seconds: number): EngineRun {
  return { rows: 1, check: undefined, seconds, checkpointCount: 1 };
}

const comparison: Comparison = {
  query: 'q5',
  events: 12_000_000,
  pairs: [
    { flink: run(10), millrace: run(4) },
    { flink: run(12), millrace: run(8) },
    { flink: run(8), millrace: run(0.6) },
  ],
};

describe('a comparison', () => {
  it('has the rates of each run, and how often Flink’s time holds Millrace’s, pair by pair', () => {
    const { flinkRates, millraceRates, ratios } = figuresOf(comparison);
    expect(flinkRates).toEqual([1_200_000, 1_000_000, 1_500_000]);
    expect(millraceRates).toEqual([3_000_000, 1_500_000, 20_000_000]);
    expect(ratios.map((ratio) => ratio.toFixed(2))).toEqual(['2.50', '1.50', '13.33']);
  });

  it('stands in the table with its medians', () => {
    expect(comparisonTable([comparison]).split('\n')).toEqual([
      '| query | events | Flink, M/s | Millrace, M/s | Millrace / Flink, each pair | median |',
      '|---|--:|--:|--:|---|--:|',
      '| q5 | 12,000,000 | 1.20 | 3.00 | 2.50, 1.50, 13.3 | 2.50 |',
    ]);
  });
});

describe('the median', () => {
  it.each([
    [[3], 3],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100, 11], 10.5],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('of nothing is not a number', () => {
    expect(median([])).toBeNaN();
  });
});
