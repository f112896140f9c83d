import { formatDuration } from '../../base/duration.ts';
import type { Random } from '../../base/environment.ts';
import type { ExponentialDelaySettings } from './restart-settings.ts';
import type { RestartDecision, RestartStrategy } from './restart-strategy.ts';

/**
 * Waits longer after each failure. Failures up to the moment of the planned restart belong to the failure before; the quiet time
 * that resets the backoff is counted from that moment too, whenever the job really runs again.
 */
export class ExponentialDelayRestart implements RestartStrategy {
  readonly description: string;
  readonly #settings: ExponentialDelaySettings;
  readonly #random: Random;
  /** Failures since the last reset, merged ones not counted. */
  #attempts = 0;
  #nextRestartMs = Number.NEGATIVE_INFINITY;

  constructor(settings: ExponentialDelaySettings, random: Random) {
    this.#settings = settings;
    this.#random = random;
    const { initialBackoffMs, maxBackoffMs } = settings;
    this.description = `exponential-delay (${formatDuration(initialBackoffMs)} to ${formatDuration(maxBackoffMs)})`;
  }

  onFailure(nowMs: number): RestartDecision {
    const isNewAttempt = nowMs > this.#nextRestartMs;
    if (isNewAttempt) {
      if (nowMs - this.#nextRestartMs >= this.#settings.resetBackoffThresholdMs) this.#attempts = 0;
      this.#nextRestartMs = nowMs + this.#nextBackoffMs();
      this.#attempts++;
    }
    const isAllowed = this.#attempts <= this.#settings.attemptsBeforeResetBackoff;
    return { isNewAttempt, delayMs: isAllowed ? this.#nextRestartMs - nowMs : undefined };
  }

  /** The cap comes after the jitter and the floor after the cap: the first backoff can only be lengthened by jitter. */
  #nextBackoffMs(): number {
    const { initialBackoffMs, maxBackoffMs, backoffMultiplier, jitterFactor } = this.#settings;
    // The power grows beyond all numbers in a job that fails for days.
    const backoffMs = Math.min(initialBackoffMs * backoffMultiplier ** this.#attempts, Number.MAX_SAFE_INTEGER);
    const jitterMs = backoffMs * jitterFactor * (2 * this.#random.next() - 1);
    return Math.max(initialBackoffMs, Math.min(Math.trunc(backoffMs + jitterMs), maxBackoffMs));
  }
}
