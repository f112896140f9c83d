import { describe, expect, it } from 'vitest';
import { createEnvironment } from '../../src/index.ts';

describe('a stream in a script', () => {
  it('runs to its end and returns what reached the collector', async () => {
    const env = createEnvironment();
    const rows = await env
      .fromElements(1, 2, 3)
      .map((n) => n * 2)
      .executeAndCollect();
    expect(rows).toEqual([2, 4, 6]);
  });

  it('reduces by key', async () => {
    const env = createEnvironment();
    const rows = await env
      .fromElements('a', 'b', 'a', 'c', 'a')
      .map((word) => ({ word, count: 1 }))
      .keyBy(({ word }) => word)
      .sum('count')
      .executeAndCollect();
    expect(rows.filter(({ word }) => word === 'a').map(({ count }) => count)).toEqual([1, 2, 3]);
  });
});
