import { parseDuration, parseMemorySize } from '../../../base/duration.ts';
import type { Duration } from '../../../base/duration.ts';
import { MillraceError } from '../../../base/errors.ts';

/** When a file is closed and the next one begun. The first condition that holds decides. */
export interface RollingOptions {
  /** Bytes or a size like '64 mb'; default 128 MB. */
  readonly size?: number | string;
  /** Age of the file, looked at when a record comes and at each checkpoint; default 1 min. */
  readonly interval?: Duration;
  /** At each checkpoint: results become visible sooner, in more and smaller files. Default false; always so when compressed. */
  readonly onCheckpoint?: boolean;
}

export interface RollingPolicy {
  readonly sizeBytes: number;
  readonly intervalMs: number;
  readonly onCheckpoint: boolean;
}

const SIZE_DEFAULT = '128 mb';
const INTERVAL_DEFAULT = '1 min';

/** @throws JOB_DEFINITION_INVALID */
export function rollingPolicy(options: RollingOptions, isCompressed: boolean): RollingPolicy {
  return {
    sizeBytes: positive('size', options.size ?? SIZE_DEFAULT, parseMemorySize),
    intervalMs: positive('interval', options.interval ?? INTERVAL_DEFAULT, parseDuration),
    onCheckpoint: isCompressed || (options.onCheckpoint ?? false),
  };
}

function positive(name: string, value: number | string, parse: (value: number | string) => number | undefined): number {
  const parsed = parse(value);
  if (parsed !== undefined && parsed > 0) return parsed;
  throw new MillraceError(
    'JOB_DEFINITION_INVALID',
    `Making a file sink with rolling.${name} '${value}' failed: it must be positive`,
  );
}
