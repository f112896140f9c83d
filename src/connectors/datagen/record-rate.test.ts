import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { RecordRate } from './record-rate.ts';

describe('RecordRate', () => {
  it('starts with nothing and earns by the clock', () => {
    const rate = new RecordRate(10, 1000);
    expect(rate.available(1000)).toBe(0);
    expect(rate.msUntilNext()).toBe(100);
    expect(rate.available(1099)).toBe(0);
    expect(rate.available(1100)).toBe(1);
    rate.take(1);
    expect(rate.available(1150)).toBe(0);
    expect(rate.msUntilNext()).toBe(50);
  });

  it('makes up for no more than 100 ms', () => {
    const rate = new RecordRate(1000, 0);
    expect(rate.available(60_000)).toBe(100);
    const slow = new RecordRate(0.1, 0);
    expect(slow.available(3_600_000)).toBe(1);
  });

  it('never exceeds the rate by more than a burst, whatever is asked when', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 50 })), { maxLength: 50 }),
        (recordsPerSecond, calls) => {
          const rate = new RecordRate(recordsPerSecond, 0);
          let nowMs = 0;
          let taken = 0;
          for (const [elapsedMs, wanted] of calls) {
            nowMs += elapsedMs;
            const records = Math.min(wanted, rate.available(nowMs));
            rate.take(records);
            taken += records;
            expect(taken).toBeLessThanOrEqual((nowMs * recordsPerSecond) / 1000 + 1e-6);
          }
        },
      ),
    );
  });

  it('wakes in time: at the moment it names one more record may be emitted', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 900 }),
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 20 }),
        (recordsPerSecond, gaps) => {
          const rate = new RecordRate(recordsPerSecond, 0);
          let nowMs = 0;
          for (const gapMs of gaps) {
            nowMs += gapMs;
            rate.take(rate.available(nowMs));
            nowMs += rate.msUntilNext();
            expect(rate.available(nowMs)).toBeGreaterThanOrEqual(1);
          }
        },
      ),
    );
  });

  it('keeps what it has earned when the rate changes', () => {
    const rate = new RecordRate(1000, 0);
    rate.setRate(500, 20);
    expect(rate.available(20)).toBe(20);
    expect(rate.available(40)).toBe(30);
  });
});
