import { unreachable } from '../../base/assert.ts';
import type { Random } from '../../base/environment.ts';
import { ExponentialDelayRestart } from './exponential-delay-restart.ts';
import { FailureRateRestart } from './failure-rate-restart.ts';
import { FixedDelayRestart } from './fixed-delay-restart.ts';
import { NoRestart } from './no-restart.ts';
import type { RestartSettings } from './restart-settings.ts';
import type { RestartStrategy } from './restart-strategy.ts';

/** @param random for jitter */
export function createRestartStrategy(settings: RestartSettings, random: Random): RestartStrategy {
  switch (settings.kind) {
    case 'none':
      return new NoRestart();
    case 'fixed-delay':
      return new FixedDelayRestart(settings);
    case 'failure-rate':
      return new FailureRateRestart(settings);
    case 'exponential-delay':
      return new ExponentialDelayRestart(settings, random);
    default:
      return unreachable(settings);
  }
}
