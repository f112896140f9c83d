import { describe, expect, test } from 'vitest';
import { createRestartStrategy } from './create-restart-strategy.ts';
import type { ExponentialDelaySettings } from './restart-settings.ts';

const EXPONENTIAL: ExponentialDelaySettings = {
  kind: 'exponential-delay',
  initialBackoffMs: 1000,
  maxBackoffMs: 60_000,
  backoffMultiplier: 1.5,
  resetBackoffThresholdMs: 3_600_000,
  jitterFactor: 0.1,
  attemptsBeforeResetBackoff: Number.POSITIVE_INFINITY,
};

function randomOf(value: number): { next: () => number; nextInt: (bound: number) => number } {
  return { next: () => value, nextInt: (bound) => Math.floor(value * bound) };
}

/** Delays of `count` failures, each long enough after the planned restart to be one of its own. */
function delaysOf(settings: ExponentialDelaySettings, random: number, count: number): number[] {
  const strategy = createRestartStrategy(settings, randomOf(random));
  let nowMs = 0;
  return Array.from({ length: count }, () => {
    const { delayMs = -1 } = strategy.onFailure(nowMs);
    nowMs += delayMs + 1;
    return delayMs;
  });
}

describe('The restart strategy', () => {
  test('none never restarts', () => {
    const strategy = createRestartStrategy({ kind: 'none' }, randomOf(0));
    expect(strategy.onFailure(0)).toEqual({ isNewAttempt: true, delayMs: undefined });
  });

  test('fixed-delay allows its attempts once for the whole job, however far apart the failures are', () => {
    const strategy = createRestartStrategy({ kind: 'fixed-delay', attempts: 2, delayMs: 7 }, randomOf(0));
    const delays = [0, 1e9, 2e9].map((nowMs) => strategy.onFailure(nowMs).delayMs);
    expect(delays).toEqual([7, 7, undefined]);
  });

  test('exponential-delay lengthens the first backoff by jitter but never shortens it', () => {
    expect(delaysOf(EXPONENTIAL, 0.999_999, 1)).toEqual([1099]);
    expect(delaysOf(EXPONENTIAL, 0, 1)).toEqual([1000]);
  });

  test('exponential-delay spreads later backoffs to both sides, never above the cap', () => {
    expect(delaysOf(EXPONENTIAL, 0, 3)).toEqual([1000, 1350, 2025]);
    expect(delaysOf(EXPONENTIAL, 0.5, 3)).toEqual([1000, 1500, 2250]);
    expect(delaysOf(EXPONENTIAL, 0.999_999, 12).at(-1)).toBe(60_000);
  });

  test('exponential-delay stays at the cap after any number of failures', () => {
    const delays = delaysOf(EXPONENTIAL, 0.5, 5000);
    expect(new Set(delays.slice(20))).toEqual(new Set([60_000]));
  });

  test.each([
    [{ kind: 'none' } as const, 'none'],
    [{ kind: 'fixed-delay', attempts: 3, delayMs: 1000 } as const, 'fixed-delay (3 attempts, 1.0 s apart)'],
    [
      { kind: 'failure-rate', maxFailuresPerInterval: 2, intervalMs: 60_000, delayMs: 0 } as const,
      'failure-rate (2 failures in 1 min 0 s)',
    ],
    [EXPONENTIAL, 'exponential-delay (1.0 s to 1 min 0 s)'],
  ])('is described for messages: %j', (settings, description) => {
    expect(createRestartStrategy(settings, randomOf(0)).description).toBe(description);
  });
});
