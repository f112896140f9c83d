import { describe, expect, test } from 'vitest';
import { EventTimeSessionWindows } from './event-time-session-windows.ts';
import { TimeWindow } from './time-window.ts';

describe('a session window', () => {
  test('spans the gap from its record on', () => {
    const windows = EventTimeSessionWindows.withGap('10 ms');
    expect(windows.assignWindows(undefined, 7)).toEqual([new TimeWindow(7, 17)]);
    expect(windows.assignWindows(undefined, -7)).toEqual([new TimeWindow(-7, 3)]);
  });

  test('spans the gap that its record asks for', () => {
    const windows = EventTimeSessionWindows.withDynamicGap((gapMs: number) => gapMs);
    expect(windows.assignWindows(3, 7)).toEqual([new TimeWindow(7, 10)]);
  });

  test.each([0, -1, 0.5, Number.NaN, '5'])('cannot have a gap of %s that its record asks for', (gap) => {
    // As from JavaScript.
    const windows = EventTimeSessionWindows.withDynamicGap(() => gap as number);
    expect(() => windows.assignWindows(undefined, 0)).toThrow(
      expect.objectContaining({ code: 'USER_FUNCTION_FAILED' }),
    );
  });

  test.each([0, '0 s', -5, 0.5, 'long'])('cannot have a gap of %s', (gap) => {
    expect(() => EventTimeSessionWindows.withGap(gap)).toThrow(
      expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }),
    );
  });

  test('ends at infinity where event time ends', () => {
    const windows = EventTimeSessionWindows.withGap(10);
    expect(windows.ownWindowEndMs(undefined, Number.MAX_SAFE_INTEGER)).toBe(Number.POSITIVE_INFINITY);
  });

  test.each([new TimeWindow(-5, 5), new TimeWindow(1.7e12, Number.POSITIVE_INFINITY)])(
    'comes back from its namespace',
    (window) => {
      const windows = EventTimeSessionWindows.withGap(10);
      expect(windows.fromNamespace(windows.toNamespace(window))).toEqual(window);
    },
  );
});
