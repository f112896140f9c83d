/**
 * Decides after a failure whether and when the job starts again. Semantics are Flink's, held against recordings of its own
 * classes by restart-strategy.golden.test.ts.
 */
export interface RestartStrategy {
  /** As in messages: 'fixed-delay (3 attempts, 1.0 s apart)'. */
  readonly description: string;
  /**
   * Called once for each failure of the job, in the order of time.
   * @param nowMs ms of a clock that does not go back
   */
  onFailure(nowMs: number): RestartDecision;
}

export interface RestartDecision {
  /** False when the failure fell into the wait for a restart that was decided before: it counts as part of that failure. */
  readonly isNewAttempt: boolean;
  /** How long to wait from now; undefined: no restart. */
  readonly delayMs: number | undefined;
}
