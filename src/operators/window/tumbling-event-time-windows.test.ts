import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Duration } from '../../base/duration.ts';
import { TumblingEventTimeWindows } from './tumbling-event-time-windows.ts';
import { windowStartMs } from './window-start.ts';

function windowOf(timestampMs: number, size: Duration, offset?: Duration): [number, number] {
  const [window] = TumblingEventTimeWindows.of(size, offset).assignWindows(undefined, timestampMs);
  return [window?.startMs ?? Number.NaN, window?.endMs ?? Number.NaN];
}

describe('tumbling windows', () => {
  test.each([
    ['10 ms', undefined, 0, [0, 10]],
    ['10 ms', undefined, 9, [0, 10]],
    ['10 ms', undefined, -1, [-10, 0]],
    ['10 ms', '3 ms', 2, [-7, 3]],
    ['10 ms', '-4 ms', 6, [6, 16]],
    ['1 d', '-8 h', Date.UTC(2024, 0, 1, 16), [Date.UTC(2024, 0, 1, 16), Date.UTC(2024, 0, 2, 16)]],
    [10, -4, 5, [-4, 6]],
  ] as const)('of %s with offset %s: the one of %i', (size, offset, timestampMs, expected) => {
    expect(windowOf(timestampMs, size, offset)).toEqual(expected);
  });

  test('end at the infinities where event time ends', () => {
    expect(windowOf(Number.MAX_SAFE_INTEGER, 10)).toEqual([9_007_199_254_740_990, Number.POSITIVE_INFINITY]);
    expect(windowOf(Number.MIN_SAFE_INTEGER, 10)).toEqual([Number.NEGATIVE_INFINITY, -9_007_199_254_740_990]);
  });

  test.each([
    ['0 s', 0],
    [-1, 0],
    [1.5, 0],
    ['soon', 0],
    ['10 ms', '10 ms'],
    ['10 ms', '-10 ms'],
    ['10 ms', 0.5],
    ['10 ms', 'late'],
  ])('of %s with offset %s do not exist', (size, offset) => {
    expect(() => TumblingEventTimeWindows.of(size, offset)).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }),
    );
  });

  test('tell by their identity whether namespaces mean the same', () => {
    const identities = [
      TumblingEventTimeWindows.of('10 s'),
      TumblingEventTimeWindows.of('10 s', '1 s'),
      TumblingEventTimeWindows.of('5 s'),
    ];
    expect(new Set(identities.map(({ identity }) => identity)).size).toBe(3);
    expect(TumblingEventTimeWindows.of(10_000).identity).toBe(TumblingEventTimeWindows.of('10 s', 0).identity);
  });
});

describe('for every size, offset and timestamp', () => {
  const arbitraries = fc
    .tuple(fc.integer({ min: 1, max: 1e12 }), fc.double({ min: -1, max: 1, noNaN: true }), fc.maxSafeInteger())
    .map(([sizeMs, share, timestampMs]) => ({ sizeMs, offsetMs: Math.trunc(share * (sizeMs - 1)), timestampMs }));

  test('the window holds the timestamp, is of the size and lies on the grid', () => {
    fc.assert(
      fc.property(arbitraries, ({ sizeMs, offsetMs, timestampMs }) => {
        const expected = exactStart(BigInt(timestampMs), BigInt(offsetMs), BigInt(sizeMs));
        const [startMs, endMs] = windowOf(timestampMs, sizeMs, offsetMs);
        expect(startMs).toBe(saturated(expected));
        expect(endMs).toBe(saturated(expected + BigInt(sizeMs)));
        expect(windowStartMs(timestampMs, offsetMs, sizeMs)).toBe(startMs);
      }),
    );
  });

  test('a window comes back from its namespace', () => {
    fc.assert(
      fc.property(arbitraries, ({ sizeMs, offsetMs, timestampMs }) => {
        const windows = TumblingEventTimeWindows.of(sizeMs, offsetMs);
        const [window] = windows.assignWindows(undefined, timestampMs);
        expect(window && windows.fromNamespace(windows.toNamespace(window))).toEqual(window);
      }),
    );
  });
});

function exactStart(timestamp: bigint, offset: bigint, size: bigint): bigint {
  const remainder = (timestamp - offset) % size;
  return timestamp - (remainder < 0n ? remainder + size : remainder);
}

function saturated(time: bigint): number {
  if (time > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
  return time < Number.MIN_SAFE_INTEGER ? Number.NEGATIVE_INFINITY : Number(time);
}
