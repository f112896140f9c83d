import { describe, expect, it } from 'vitest';
import { comparisonFigures } from './ratios.ts';
import type { Pair } from './ratios.ts';

function pair(acceptedRate: number, currentRate: number): Pair {
  const figures = (eventsPerSecond: number): Pair['current'] => ({ seconds: 1, eventsPerSecond });
  return { accepted: figures(acceptedRate), current: figures(currentRate) };
}

describe('the comparison of two states', () => {
  it('takes the median of the pairs, so that one disturbed run does not decide', () => {
    const figures = comparisonFigures({ query: 'q0', pairs: [pair(100, 98), pair(100, 20), pair(50, 51)] });
    expect(figures).toMatchObject({ acceptedRate: 100, currentRate: 51, ratio: 0.98, isSlower: false });
  });

  it.each([
    [90, false],
    [89, true],
  ])('of a rate of %d to 100 says that it has become slower: %s', (currentRate, isSlower) => {
    expect(comparisonFigures({ query: 'q0', pairs: [pair(100, currentRate)] }).isSlower).toBe(isSlower);
  });
});
