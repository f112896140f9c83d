import { formatDuration } from '../../base/duration.ts';
import { must } from '../../base/assert.ts';
import type { FailureRateSettings } from './restart-settings.ts';
import type { RestartDecision, RestartStrategy } from './restart-strategy.ts';

/** Refuses when one failure more than allowed has come within the interval; refused failures count as well. */
export class FailureRateRestart implements RestartStrategy {
  readonly description: string;
  readonly #settings: FailureRateSettings;
  /** Times of the last failures, at most one more than are allowed in an interval, oldest first. */
  readonly #failuresMs: number[] = [];

  constructor(settings: FailureRateSettings) {
    this.#settings = settings;
    const { maxFailuresPerInterval, intervalMs } = settings;
    this.description = `failure-rate (${maxFailuresPerInterval} failures in ${formatDuration(intervalMs)})`;
  }

  onFailure(nowMs: number): RestartDecision {
    if (this.#isFull()) this.#failuresMs.shift();
    this.#failuresMs.push(nowMs);
    const isAllowed =
      !this.#isFull() || nowMs - must(this.#failuresMs[0], 'oldest failure') > this.#settings.intervalMs;
    return { isNewAttempt: true, delayMs: isAllowed ? this.#settings.delayMs : undefined };
  }

  #isFull(): boolean {
    return this.#failuresMs.length > this.#settings.maxFailuresPerInterval;
  }
}
