import { formatDuration } from '../../base/duration.ts';
import type { FixedDelaySettings } from './restart-settings.ts';
import type { RestartDecision, RestartStrategy } from './restart-strategy.ts';

/** A number of restarts over the whole life of the job; a long time without failures gives none of them back. */
export class FixedDelayRestart implements RestartStrategy {
  readonly description: string;
  readonly #settings: FixedDelaySettings;
  #failures = 0;

  constructor(settings: FixedDelaySettings) {
    this.#settings = settings;
    this.description = `fixed-delay (${settings.attempts} attempts, ${formatDuration(settings.delayMs)} apart)`;
  }

  onFailure(): RestartDecision {
    this.#failures++;
    const isAllowed = this.#failures <= this.#settings.attempts;
    return { isNewAttempt: true, delayMs: isAllowed ? this.#settings.delayMs : undefined };
  }
}
