/** From the configuration to what the parts of the engine take. */
import type { CheckpointRetention } from '../checkpoint/protocol/retention.ts';
import type { Mutants } from '../base/mutants.ts';
import type { Configuration } from '../config/configuration.ts';
import { CheckpointingOptions, PipelineOptions, RestartOptions, TaskOptions } from '../config/options.ts';
import type { RetentionMode } from '../config/options.ts';
import type { JobCheckpointing } from '../job/job-master-options.ts';
import type { RestartSettings } from '../job/restart/restart-settings.ts';
import type { TaskConfiguration } from '../task/task-configuration.ts';

/** 2^31 - 1 is Flink's way to write 'no limit'. */
const NO_LIMIT = 2 ** 31 - 1;

export function isCheckpointingEnabled(configuration: Configuration): boolean {
  return configuration.get(CheckpointingOptions.interval) !== undefined;
}

export interface ValueChecks {
  readonly checkMutation: boolean;
  readonly checkValues: boolean;
  readonly mutants: Mutants;
}

export function taskConfiguration(configuration: Configuration, checks: ValueChecks): TaskConfiguration {
  return {
    ...checks,
    isCheckpointingEnabled: isCheckpointingEnabled(configuration),
    isIncremental: configuration.get(CheckpointingOptions.incremental),
    checkpointIntervalMs: configuration.get(CheckpointingOptions.interval) ?? Number.POSITIVE_INFINITY,
    autoWatermarkIntervalMs: configuration.get(PipelineOptions.autoWatermarkInterval),
    openTimeoutMs: configuration.get(TaskOptions.openTimeout),
    closeTimeoutMs: configuration.get(TaskOptions.closeTimeout),
    committerRetries: configuration.get(TaskOptions.committerRetries),
  };
}

export function coordinatorSettings(
  configuration: Configuration,
): Pick<JobCheckpointing, 'settings' | 'alignment' | 'stateMode' | 'retentionAtEnd'> {
  const tolerable = configuration.get(CheckpointingOptions.tolerableFailed);
  return {
    alignment:
      configuration.get(CheckpointingOptions.mode) === 'EXACTLY_ONCE' ? 'exactly-once-aligned' : 'at-least-once',
    stateMode: configuration.get(CheckpointingOptions.incremental) ? 'incremental' : 'full',
    retentionAtEnd: RETENTION[configuration.get(CheckpointingOptions.retention)],
    settings: {
      intervalMs: configuration.get(CheckpointingOptions.interval),
      minPauseMs: configuration.get(CheckpointingOptions.minPause),
      timeoutMs: configuration.get(CheckpointingOptions.timeout),
      maxConcurrent: configuration.get(CheckpointingOptions.maxConcurrent),
      tolerableFailures: tolerable === NO_LIMIT ? Number.POSITIVE_INFINITY : tolerable,
      numRetained: configuration.get(CheckpointingOptions.numRetained),
    },
  };
}

const RETENTION: Readonly<Record<RetentionMode, CheckpointRetention>> = {
  NO_EXTERNALIZED_CHECKPOINTS: 'NO_EXTERNALIZED_CHECKPOINTS',
  DELETE_ON_CANCELLATION: 'DELETE_ON_CANCELLATION',
  RETAIN_ON_CANCELLATION: 'RETAIN_ON_CANCELLATION',
};

/** Not set: exponential-delay with checkpointing, none without, as in Flink. */
export function restartSettings(configuration: Configuration): RestartSettings {
  const type =
    configuration.get(RestartOptions.type) ?? (isCheckpointingEnabled(configuration) ? 'exponential-delay' : 'none');
  switch (type) {
    case 'none':
      return { kind: 'none' };
    case 'fixed-delay':
      return {
        kind: 'fixed-delay',
        attempts: configuration.get(RestartOptions.fixedDelayAttempts),
        delayMs: configuration.get(RestartOptions.fixedDelayDelay),
      };
    case 'failure-rate':
      return {
        kind: 'failure-rate',
        maxFailuresPerInterval: configuration.get(RestartOptions.failureRateMaxFailures),
        intervalMs: configuration.get(RestartOptions.failureRateInterval),
        delayMs: configuration.get(RestartOptions.failureRateDelay),
      };
    case 'exponential-delay': {
      const attempts = configuration.get(RestartOptions.exponentialAttempts);
      return {
        kind: 'exponential-delay',
        initialBackoffMs: configuration.get(RestartOptions.exponentialInitialBackoff),
        maxBackoffMs: configuration.get(RestartOptions.exponentialMaxBackoff),
        backoffMultiplier: configuration.get(RestartOptions.exponentialMultiplier),
        resetBackoffThresholdMs: configuration.get(RestartOptions.exponentialResetThreshold),
        jitterFactor: configuration.get(RestartOptions.exponentialJitter),
        attemptsBeforeResetBackoff: attempts === NO_LIMIT ? Number.POSITIVE_INFINITY : attempts,
      };
    }
  }
}
