import { parseDuration } from '../../base/duration.ts';
import type { Duration } from '../../base/duration.ts';
import { MillraceError } from '../../base/errors.ts';

/** ms of a size, slide or gap. Throws JOB_DEFINITION_INVALID unless it is a positive number of whole ms; `windows` as in 'tumbling windows'. */
export function positiveMs(duration: Duration, windows: string, parameter: string): number {
  const ms = parseDuration(duration);
  if (ms !== undefined && Number.isSafeInteger(ms) && ms > 0) return ms;
  throw windowsInvalid(windows, `${parameter} '${duration}' is not a positive number of whole milliseconds`);
}

/** ms of an offset, which may be negative. Throws JOB_DEFINITION_INVALID unless it is smaller than the distance of the windows. */
export function offsetWithin(
  offset: Duration,
  distance: { readonly ms: number; readonly text: string },
  windows: string,
): number {
  const offsetMs = parseSigned(offset);
  if (offsetMs !== undefined && Number.isSafeInteger(offsetMs) && Math.abs(offsetMs) < distance.ms) return offsetMs;
  throw windowsInvalid(windows, `offset '${offset}' is not a number of whole milliseconds below the ${distance.text}`);
}

function parseSigned(offset: Duration): number | undefined {
  if (typeof offset === 'number') return offset;
  const text = offset.trim();
  if (!text.startsWith('-')) return parseDuration(text);
  const amountMs = parseDuration(text.slice(1));
  return amountMs === undefined ? undefined : -amountMs;
}

function windowsInvalid(windows: string, reason: string): MillraceError {
  return new MillraceError('JOB_DEFINITION_INVALID', `Defining ${windows} failed: ${reason}`);
}
