import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MillraceError } from '../../base/errors.ts';
import { MemoryWatch } from './memory-watch.ts';
import type { StateSize } from './memory-watch.ts';

const LOOK_EVERY_MS = 1000;

const SIZES: readonly StateSize[] = [
  { state: 'orders/open', entries: 900 },
  { state: 'orders/late', entries: 40 },
  { state: 'users/seen', entries: 3 },
  { state: 'users/last', entries: 1 },
];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Any heap is above 0 bytes, and none above infinitely many. */
function watchOf(limitBytes: number, sizes: readonly StateSize[] = SIZES) {
  const errors: MillraceError[] = [];
  let looksAtStates = 0;
  const stateSizes = (): readonly StateSize[] => {
    looksAtStates++;
    return sizes;
  };
  const watch = new MemoryWatch(limitBytes, stateSizes, (error) => errors.push(error));
  return { watch, errors, looksAtStates: () => looksAtStates };
}

describe('MemoryWatch', () => {
  it('names what is held, what may be held and the three largest states', () => {
    const { watch, errors } = watchOf(0);
    watch.start();
    vi.advanceTimersByTime(LOOK_EVERY_MS);
    expect(errors).toMatchObject([{ code: 'MEMORY_BUDGET_EXCEEDED' }]);
    expect(errors[0]?.message).toMatch(
      /^Slot holds [\d.]+ \w+, above the 0 \w+ it may; largest states: 'orders\/open' 900 entries, 'orders\/late' 40 entries, 'users\/seen' 3 entries$/,
    );
  });

  it('names no states where there are none', () => {
    const { watch, errors } = watchOf(0, []);
    watch.start();
    vi.advanceTimersByTime(LOOK_EVERY_MS);
    expect(errors[0]?.message).toMatch(/ it may$/);
  });

  it('reports once, however long the memory stays above the limit', () => {
    const { watch, errors } = watchOf(0);
    watch.start();
    vi.advanceTimersByTime(10 * LOOK_EVERY_MS);
    expect(errors).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on looking, and asks for no sizes, while the memory is below the limit', () => {
    const { watch, errors, looksAtStates } = watchOf(Number.POSITIVE_INFINITY);
    watch.start();
    vi.advanceTimersByTime(10 * LOOK_EVERY_MS);
    expect(errors).toEqual([]);
    expect(looksAtStates()).toBe(0);
    expect(vi.getTimerCount()).toBe(1);
  });

  it('looks neither at its start nor after it was stopped', () => {
    const { watch, errors } = watchOf(0);
    watch.start();
    vi.advanceTimersByTime(LOOK_EVERY_MS - 1);
    watch.stop();
    vi.advanceTimersByTime(10 * LOOK_EVERY_MS);
    expect(errors).toEqual([]);
  });
});
