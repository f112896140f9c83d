import type { RestartDecision, RestartStrategy } from './restart-strategy.ts';

export class NoRestart implements RestartStrategy {
  readonly description = 'none';

  onFailure(): RestartDecision {
    return { isNewAttempt: true, delayMs: undefined };
  }
}
