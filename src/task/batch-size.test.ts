import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchSize } from './batch-size.ts';

/** Batches until the limit stays the same, each record taking so long. */
function settled(recordMs: number): number {
  const batch = new BatchSize();
  for (let batches = 0; batches < 50; batches++) batch.measured(batch.limit * recordMs);
  return batch.limit;
}

describe('BatchSize', () => {
  it('grows while batches are quick, up to a bound', () => {
    expect(settled(0)).toBe(4096);
  });

  it('shrinks to single records when one takes longer than a batch may', () => {
    expect(settled(30)).toBe(1);
  });

  it('comes to batches of about half a millisecond', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.0002, max: 0.4, noNaN: true }), (recordMs) => {
        const elapsedMs = settled(recordMs) * recordMs;
        expect(elapsedMs).toBeGreaterThanOrEqual(0.25);
        expect(elapsedMs).toBeLessThanOrEqual(1.1);
      }),
    );
  });
});
