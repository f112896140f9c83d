import type { Duration } from '../base/duration.ts';
import { MillraceError } from '../base/errors.ts';
import { durationSettingMs } from './duration-setting.ts';

/** Flink's lower bound for intervals and timeouts of checkpoints. */
const CHECKPOINT_INTERVAL_MIN_MS = 10;

/** What a job sets for its checkpoints; what it leaves out comes from command line and configuration. */
export interface CheckpointingOptions {
  /** AT_LEAST_ONCE does not hold channels back at barriers: after a failure some records count twice. */
  readonly mode?: 'EXACTLY_ONCE' | 'AT_LEAST_ONCE';
  /** At least so long between the end of one checkpoint and the start of the next. */
  readonly minPause?: Duration;
  /** A checkpoint that takes longer is given up. */
  readonly timeout?: Duration;
  /** How many checkpoints in a row may fail before the job does. */
  readonly tolerableFailedCheckpoints?: number;
  readonly maxConcurrentCheckpoints?: number;
  /** Write what changed since the last checkpoint instead of everything. */
  readonly incremental?: boolean;
  /** Where checkpoints go: 'file:///var/lib/millrace/checkpoints'. */
  readonly dir?: string;
}

/**
 * The settings under Flink's keys. Bounds that belong to one option are checked here, so that the error points at the job's line; how
 * options go together is checked with the configuration.
 * @throws JOB_DEFINITION_INVALID
 */
export function checkpointingConfiguration(
  interval: Duration,
  options: CheckpointingOptions,
): ReadonlyMap<string, string> {
  const settings: Readonly<Record<string, string | undefined>> = {
    interval: durationText(interval, 'the checkpoint interval', CHECKPOINT_INTERVAL_MIN_MS),
    mode: options.mode,
    'min-pause': durationText(options.minPause, 'the minimum pause between checkpoints', 0),
    timeout: durationText(options.timeout, 'the checkpoint timeout', CHECKPOINT_INTERVAL_MIN_MS),
    'tolerable-failed-checkpoints': countText(options.tolerableFailedCheckpoints, 'tolerable failed checkpoints', 0),
    'max-concurrent-checkpoints': countText(options.maxConcurrentCheckpoints, 'max concurrent checkpoints', 1),
    incremental: options.incremental?.toString(),
    dir: options.dir,
  };
  const configuration = new Map<string, string>();
  for (const [key, text] of Object.entries(settings)) {
    if (text !== undefined) configuration.set(`execution.checkpointing.${key}`, text);
  }
  return configuration;
}

function durationText(duration: Duration | undefined, setting: string, minimumMs: number): string | undefined {
  return duration === undefined ? undefined : `${durationSettingMs(duration, setting, minimumMs)} ms`;
}

function countText(count: number | undefined, setting: string, minimum: number): string | undefined {
  if (count === undefined) return undefined;
  if (Number.isSafeInteger(count) && count >= minimum) return String(count);
  throw new MillraceError(
    'JOB_DEFINITION_INVALID',
    `Setting ${setting} failed: ${count} is not an integer of at least ${minimum}`,
  );
}
