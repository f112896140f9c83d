/** `restart-strategy.*` after validation. */
export type RestartSettings = NoRestartSettings | FixedDelaySettings | FailureRateSettings | ExponentialDelaySettings;

export interface NoRestartSettings {
  readonly kind: 'none';
}

export interface FixedDelaySettings {
  readonly kind: 'fixed-delay';
  readonly attempts: number;
  readonly delayMs: number;
}

export interface FailureRateSettings {
  readonly kind: 'failure-rate';
  readonly maxFailuresPerInterval: number;
  readonly intervalMs: number;
  readonly delayMs: number;
}

export interface ExponentialDelaySettings {
  readonly kind: 'exponential-delay';
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  /** Above 1. */
  readonly backoffMultiplier: number;
  /** So long after the planned restart without a failure the backoff starts anew. */
  readonly resetBackoffThresholdMs: number;
  /** 0 to 1: share of the backoff by which it is shortened or lengthened at random. */
  readonly jitterFactor: number;
  /** Restarts allowed until the backoff is reset; Infinity for no limit. */
  readonly attemptsBeforeResetBackoff: number;
}
