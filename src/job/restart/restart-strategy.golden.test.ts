import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRestartStrategy } from './create-restart-strategy.ts';
import type { ExponentialDelaySettings, RestartSettings } from './restart-settings.ts';

/** The settings stand in the descriptions of the cases; jitter is 0 in all of them. */
const SETTINGS_BY_CASE: Readonly<Record<string, RestartSettings>> = {
  'restart-fixed-delay-zero': { kind: 'fixed-delay', attempts: 0, delayMs: 10 },
  'restart-failure-rate': { kind: 'failure-rate', maxFailuresPerInterval: 3, intervalMs: 1000, delayMs: 50 },
  'restart-failure-rate-edge': { kind: 'failure-rate', maxFailuresPerInterval: 1, intervalMs: 100, delayMs: 0 },
  'restart-exponential': exponential(100, 5000, 2, 10_000),
  'restart-exponential-merge': exponential(100, 5000, 2, 10_000),
  'restart-exponential-attempts': { ...exponential(10, 100, 2, 10_000), attemptsBeforeResetBackoff: 4 },
  'restart-exponential-fraction': exponential(1, 60, 1.2, 3_600_000),
  'restart-exponential-reset': exponential(100, 1000, 3, 2000),
  'restart-exponential-reset-edges': exponential(100, 1000, 2, 1000),
};

describe('A restart strategy decides like the recorded one of Flink', () => {
  test.each(Object.entries(SETTINGS_BY_CASE))('%s', (name, settings) => {
    const strategy = createRestartStrategy(settings, { next: () => 0, nextInt: () => 0 });
    const decisions = linesOf(name, 'input').map((line) => {
      const at = Number(line['at']);
      const { isNewAttempt, delayMs } = strategy.onFailure(at);
      return { at, newAttempt: isNewAttempt, canRestart: delayMs !== undefined, backoff: delayMs ?? null };
    });
    expect(decisions).toEqual(linesOf(name, 'output'));
  });
});

function exponential(
  initialBackoffMs: number,
  maxBackoffMs: number,
  backoffMultiplier: number,
  resetBackoffThresholdMs: number,
): ExponentialDelaySettings {
  return {
    kind: 'exponential-delay',
    initialBackoffMs,
    maxBackoffMs,
    backoffMultiplier,
    resetBackoffThresholdMs,
    jitterFactor: 0,
    attemptsBeforeResetBackoff: Number.POSITIVE_INFINITY,
  };
}

function linesOf(name: string, file: 'input' | 'output'): readonly Readonly<Record<string, unknown>>[] {
  const url = new URL(`../../../test/golden/cases/${name}/${file}.jsonl`, import.meta.url);
  const lines = readFileSync(url, 'utf8').trim().split('\n');
  return lines.map((line): Readonly<Record<string, unknown>> => JSON.parse(line));
}
