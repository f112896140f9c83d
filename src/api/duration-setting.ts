import { formatDuration, parseDuration } from '../base/duration.ts';
import type { Duration } from '../base/duration.ts';
import { MillraceError } from '../base/errors.ts';

/**
 * Whole ms of a duration that the job's definition gives.
 * @throws JOB_DEFINITION_INVALID when it cannot be read, is not a whole number of ms, or is below `minimumMs`
 */
export function durationSettingMs(duration: Duration, setting: string, minimumMs: number): number {
  const ms = parseDuration(duration);
  if (ms === undefined) throw invalid(setting, `'${duration}' is not a duration, like '500 ms' or '1 min'`);
  if (!Number.isSafeInteger(ms)) throw invalid(setting, `'${duration}' is not a whole number of ms`);
  if (ms < minimumMs) throw invalid(setting, `'${duration}' is below ${formatDuration(minimumMs)}`);
  return ms;
}

function invalid(setting: string, problem: string): MillraceError {
  return new MillraceError('JOB_DEFINITION_INVALID', `Setting ${setting} failed: ${problem}`);
}
