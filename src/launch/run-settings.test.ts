import { describe, expect, it } from 'vitest';
import { NO_MUTANTS } from '../base/mutants.ts';
import { Configuration } from '../config/configuration.ts';
import { coordinatorSettings, isCheckpointingEnabled, restartSettings, taskConfiguration } from './run-settings.ts';

const WITH_CHECKPOINTS = { 'execution.checkpointing.interval': '5 s' };
const CHECKS = { checkMutation: true, checkValues: false, mutants: NO_MUTANTS };

function configured(values: Readonly<Record<string, string>>): Configuration {
  return Configuration.of(Object.entries(values).map(([key, value]) => ({ key, value, origin: '-D' })));
}

describe('isCheckpointingEnabled', () => {
  it('depends on the interval alone', () => {
    expect(isCheckpointingEnabled(configured({}))).toBe(false);
    expect(isCheckpointingEnabled(configured({ 'execution.checkpointing.dir': '/tmp/x' }))).toBe(false);
    expect(isCheckpointingEnabled(configured(WITH_CHECKPOINTS))).toBe(true);
  });
});

describe('taskConfiguration', () => {
  it('has a task without checkpoints pace its snapshots by nothing', () => {
    expect(taskConfiguration(configured({}), CHECKS)).toEqual({
      ...CHECKS,
      isCheckpointingEnabled: false,
      isIncremental: false,
      checkpointIntervalMs: Number.POSITIVE_INFINITY,
      autoWatermarkIntervalMs: 200,
      openTimeoutMs: 60_000,
      closeTimeoutMs: 30_000,
      committerRetries: 10,
    });
  });

  it('gives every setting of a task to it', () => {
    const configuration = configured({
      ...WITH_CHECKPOINTS,
      'execution.checkpointing.incremental': 'true',
      'pipeline.auto-watermark-interval': '50 ms',
      'task.function.open-timeout': '2 min',
      'task.function.close-timeout': '3 s',
      'sink.committer.retries': '4',
    });
    expect(taskConfiguration(configuration, CHECKS)).toEqual({
      ...CHECKS,
      isCheckpointingEnabled: true,
      isIncremental: true,
      checkpointIntervalMs: 5000,
      autoWatermarkIntervalMs: 50,
      openTimeoutMs: 120_000,
      closeTimeoutMs: 3000,
      committerRetries: 4,
    });
  });
});

describe('coordinatorSettings', () => {
  it('are those of Flink where it names any, and keep the state of a canceled job', () => {
    expect(coordinatorSettings(configured(WITH_CHECKPOINTS))).toEqual({
      alignment: 'exactly-once-aligned',
      stateMode: 'full',
      retentionAtEnd: 'RETAIN_ON_CANCELLATION',
      settings: {
        intervalMs: 5000,
        minPauseMs: 0,
        timeoutMs: 600_000,
        maxConcurrent: 1,
        tolerableFailures: 0,
        numRetained: 1,
      },
    });
  });

  it('come from the configuration', () => {
    const configuration = configured({
      ...WITH_CHECKPOINTS,
      'execution.checkpointing.mode': 'AT_LEAST_ONCE',
      'execution.checkpointing.incremental': 'true',
      'execution.checkpointing.externalized-checkpoint-retention': 'DELETE_ON_CANCELLATION',
      'execution.checkpointing.min-pause': '2 s',
      'execution.checkpointing.timeout': '1 min',
      'execution.checkpointing.max-concurrent-checkpoints': '3',
      'execution.checkpointing.tolerable-failed-checkpoints': '7',
      'execution.checkpointing.num-retained': '5',
    });
    expect(coordinatorSettings(configuration)).toEqual({
      alignment: 'at-least-once',
      stateMode: 'incremental',
      retentionAtEnd: 'DELETE_ON_CANCELLATION',
      settings: {
        intervalMs: 5000,
        minPauseMs: 2000,
        timeoutMs: 60_000,
        maxConcurrent: 3,
        tolerableFailures: 7,
        numRetained: 5,
      },
    });
  });

  it("tolerate any number of failures where it is Flink's number for no limit", () => {
    const tolerable = (value: string): number =>
      coordinatorSettings(configured({ 'execution.checkpointing.tolerable-failed-checkpoints': value })).settings
        .tolerableFailures;
    expect(tolerable('2147483647')).toBe(Number.POSITIVE_INFINITY);
    expect(tolerable('2147483646')).toBe(2_147_483_646);
  });
});

describe('restartSettings', () => {
  it('restart a job with checkpoints, and one without them not', () => {
    expect(restartSettings(configured({}))).toEqual({ kind: 'none' });
    expect(restartSettings(configured(WITH_CHECKPOINTS))).toEqual({
      kind: 'exponential-delay',
      initialBackoffMs: 1000,
      maxBackoffMs: 60_000,
      backoffMultiplier: 1.5,
      resetBackoffThresholdMs: 3_600_000,
      jitterFactor: 0.1,
      attemptsBeforeResetBackoff: Number.POSITIVE_INFINITY,
    });
  });

  it('keep to the strategy that is named', () => {
    const named = (values: Readonly<Record<string, string>>): unknown =>
      restartSettings(configured({ ...WITH_CHECKPOINTS, ...values }));
    expect(named({ 'restart-strategy.type': 'none' })).toEqual({ kind: 'none' });
    expect(
      named({
        'restart-strategy.type': 'fixed-delay',
        'restart-strategy.fixed-delay.attempts': '3',
        'restart-strategy.fixed-delay.delay': '10 ms',
      }),
    ).toEqual({ kind: 'fixed-delay', attempts: 3, delayMs: 10 });
    expect(
      named({
        'restart-strategy.type': 'failure-rate',
        'restart-strategy.failure-rate.max-failures-per-interval': '4',
        'restart-strategy.failure-rate.failure-rate-interval': '2 min',
        'restart-strategy.failure-rate.delay': '20 ms',
      }),
    ).toEqual({ kind: 'failure-rate', maxFailuresPerInterval: 4, intervalMs: 120_000, delayMs: 20 });
    expect(
      named({
        'restart-strategy.type': 'exponential-delay',
        'restart-strategy.exponential-delay.initial-backoff': '5 ms',
        'restart-strategy.exponential-delay.max-backoff': '7 s',
        'restart-strategy.exponential-delay.backoff-multiplier': '3',
        'restart-strategy.exponential-delay.reset-backoff-threshold': '8 s',
        'restart-strategy.exponential-delay.jitter-factor': '0',
        'restart-strategy.exponential-delay.attempts-before-reset-backoff': '9',
      }),
    ).toEqual({
      kind: 'exponential-delay',
      initialBackoffMs: 5,
      maxBackoffMs: 7000,
      backoffMultiplier: 3,
      resetBackoffThresholdMs: 8000,
      jitterFactor: 0,
      attemptsBeforeResetBackoff: 9,
    });
  });
});
