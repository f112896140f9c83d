import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Duration } from '../../base/duration.ts';
import { SlidingEventTimeWindows } from './sliding-event-time-windows.ts';

function windowsOf(timestampMs: number, size: Duration, slide: Duration, offset?: Duration): [number, number][] {
  const windows = SlidingEventTimeWindows.of(size, slide, offset).assignWindows(undefined, timestampMs);
  return windows.map(({ startMs, endMs }) => [startMs, endMs]);
}

describe('sliding windows', () => {
  test.each([
    [
      '10 ms',
      '5 ms',
      undefined,
      7,
      [
        [5, 15],
        [0, 10],
      ],
    ],
    [
      '10 ms',
      '5 ms',
      undefined,
      -1,
      [
        [-5, 5],
        [-10, 0],
      ],
    ],
    [
      '10 ms',
      '3 ms',
      undefined,
      9,
      [
        [9, 19],
        [6, 16],
        [3, 13],
        [0, 10],
      ],
    ],
    [
      '10 ms',
      '3 ms',
      undefined,
      10,
      [
        [9, 19],
        [6, 16],
        [3, 13],
      ],
    ],
    [
      '10 ms',
      '4 ms',
      '1 ms',
      0,
      [
        [-3, 7],
        [-7, 3],
      ],
    ],
    [10, 10, -4, 5, [[-4, 6]]],
    ['4 ms', '10 ms', undefined, 3, [[0, 4]]],
    ['4 ms', '10 ms', undefined, 4, []],
  ] as const)('of %s every %s with offset %s: those of %i', (size, slide, offset, timestampMs, expected) => {
    expect(windowsOf(timestampMs, size, slide, offset)).toEqual(expected);
  });

  test.each([
    ['0 s', '1 s', 0],
    ['10 s', 0, 0],
    ['10 s', 'often', 0],
    ['10 s', '5 s', '5 s'],
    ['10 s', '5 s', '-5 s'],
    ['10 s', '5 s', 0.5],
  ])('of %s every %s with offset %s do not exist', (size, slide, offset) => {
    expect(() => SlidingEventTimeWindows.of(size, slide, offset)).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }),
    );
  });

  test('tell by their identity whether state means the same', () => {
    const identities = [
      SlidingEventTimeWindows.of('10 s', '5 s'),
      SlidingEventTimeWindows.of('10 s', '2 s'),
      SlidingEventTimeWindows.of('20 s', '5 s'),
      SlidingEventTimeWindows.of('10 s', '5 s', '1 s'),
    ];
    expect(new Set(identities.map(({ identity }) => identity)).size).toBe(4);
    expect(SlidingEventTimeWindows.of(10_000, 5000).identity).toBe(
      SlidingEventTimeWindows.of('10 s', '5 s', 0).identity,
    );
  });
});

describe('for every size, slide, offset and timestamp', () => {
  const arbitraries = fc
    .tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -100, max: 100 }), fc.constantFrom(2 ** 53 - 1, 1 - 2 ** 53)),
    )
    .map(([sizeMs, slideMs, share, timestampMs]) => ({
      windows: SlidingEventTimeWindows.of(sizeMs, slideMs, Math.trunc(share * (slideMs - 1))),
      timestampMs,
    }));

  test('the windows are all those of the grid that hold the timestamp, latest first', () => {
    fc.assert(
      fc.property(arbitraries, ({ windows, timestampMs }) => {
        const assigned = windows.assignWindows(undefined, timestampMs);
        expect(assigned.map(({ startMs, endMs }) => [startMs, endMs])).toEqual(exactWindows(windows, timestampMs));
        expect(assigned.map((window) => windows.fromNamespace(windows.toNamespace(window)))).toEqual(assigned);
        expect(new Set(assigned.map((window) => windows.toNamespace(window))).size).toBe(assigned.length);
      }),
    );
  });

  test('the windows do not depend on the record before', () => {
    fc.assert(
      fc.property(arbitraries, fc.array(fc.integer({ min: -60, max: 60 })), ({ windows }, timestamps) => {
        for (const timestampMs of timestamps) {
          const expected = exactWindows(windows, timestampMs);
          const assigned = windows.assignWindows(undefined, timestampMs);
          expect(assigned.map(({ startMs, endMs }) => [startMs, endMs])).toEqual(expected);
        }
      }),
    );
  });
});

function exactWindows(windows: SlidingEventTimeWindows, timestampMs: number): [number, number][] {
  const [timestamp, size, slide] = [timestampMs, windows.sizeMs, windows.slideMs].map(BigInt) as [
    bigint,
    bigint,
    bigint,
  ];
  const remainder = (timestamp - BigInt(windows.offsetMs)) % slide;
  const expected: [number, number][] = [];
  let start = timestamp - (remainder < 0n ? remainder + slide : remainder);
  for (; start > timestamp - size; start -= slide) expected.push([saturated(start), saturated(start + size)]);
  return expected;
}

function saturated(time: bigint): number {
  if (time > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
  return time < Number.MIN_SAFE_INTEGER ? Number.NEGATIVE_INFINITY : Number(time);
}
