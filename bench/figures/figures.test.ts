import { describe, expect, it } from 'vitest';
import { checkpointFigures } from './checkpoint-figures.ts';
import { median } from './median.ts';

describe('the median', () => {
  it.each([
    [[], 0],
    [[3], 3],
    [[1, 5], 3],
    [[9, 1, 2], 2],
    [[4, 1, 2, 100], 3],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe('figures of checkpoints', () => {
  it('leave out those of the warm-up', () => {
    const all = [
      { atMs: 10, durationMs: 900, writtenBytes: 999, stateBytes: 50 },
      { atMs: 20, durationMs: 30, writtenBytes: 7, stateBytes: 60 },
      { atMs: 30, durationMs: 50, writtenBytes: 9, stateBytes: 70 },
    ];
    expect(checkpointFigures(all, 15)).toEqual({
      count: 2,
      medianMs: 40,
      longestMs: 50,
      medianBytes: 8,
      largestBytes: 9,
      stateBytes: 70,
    });
  });
});
