import { describe, expect, it } from 'vitest';
import { snapshotSliceMs } from './snapshot-pace.ts';

const base = { busyMs: 1, remainingEntries: 1000, entriesPerMs: 1000, elapsedMs: 0, intervalMs: 10_000 };

describe('snapshotSliceMs', () => {
  it('gives a tenth of the busy time when there is plenty of time', () => {
    expect(snapshotSliceMs(base)).toBeCloseTo(0.1);
  });

  it('gives more when the snapshot would not end within half the interval', () => {
    const slice = snapshotSliceMs({ ...base, remainingEntries: 1_500_000 });
    expect(slice).toBeGreaterThan(0.4);
  });

  it('never gives more than a slice below 1 ms', () => {
    expect(snapshotSliceMs({ ...base, remainingEntries: 1e9, busyMs: 50 })).toBeLessThan(1);
    expect(snapshotSliceMs({ ...base, elapsedMs: 20_000, busyMs: 50 })).toBeLessThan(1);
  });

  it('takes a whole slice when no records were there', () => {
    expect(snapshotSliceMs({ ...base, busyMs: 0 })).toBeCloseTo(0.8);
  });
});
