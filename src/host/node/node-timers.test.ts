import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nodeTimers } from './node-timers.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** The longest that Node's own timers wait; what is longer they run at once. */
const NODE_DELAY_MS_MAX = 2 ** 31 - 1;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('timers of the real world', () => {
  function armed(delayMs: number): { fired: () => number; cancel: () => void } {
    let fired = 0;
    const timer = nodeTimers.after(delayMs, () => void fired++);
    return { fired: () => fired, cancel: () => timer.cancel() };
  }

  it.each([0, 1, 1000, NODE_DELAY_MS_MAX, 30 * DAY_MS, 400 * DAY_MS])('run once, %d ms from now', (delayMs) => {
    const { fired } = armed(delayMs);
    vi.advanceTimersByTime(Math.max(0, delayMs - 1));
    expect(fired()).toBe(delayMs === 0 ? 1 : 0);
    vi.advanceTimersByTime(1);
    expect(fired()).toBe(1);
    vi.advanceTimersByTime(400 * DAY_MS);
    expect(fired()).toBe(1);
  });

  it.each([1000, 30 * DAY_MS, 60 * DAY_MS])(
    'of %d ms do not run once they are canceled, however late that is',
    (delayMs) => {
      const { fired, cancel } = armed(delayMs);
      vi.advanceTimersByTime(delayMs - 1);
      cancel();
      vi.advanceTimersByTime(400 * DAY_MS);
      expect(fired()).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('without end never run, and can be canceled', () => {
    const { fired, cancel } = armed(Number.POSITIVE_INFINITY);
    vi.advanceTimersByTime(400 * DAY_MS);
    expect(fired()).toBe(0);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
  });
});
