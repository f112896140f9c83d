/**
 * The one table of all options. From it come validation, the typed `Configuration` and docs/configuration.md. An option stands here
 * only when something reads it.
 */
import {
  booleanOption,
  doubleOption,
  durationOption,
  enumOption,
  integerOption,
  optionalDurationOption,
  optionalEnumOption,
  optionalIntegerOption,
  optionalMemorySizeOption,
  optionalStringOption,
} from './option.ts';
import type { Option } from './option.ts';

export type CheckpointingMode = 'EXACTLY_ONCE' | 'AT_LEAST_ONCE';
export type RetentionMode = 'NO_EXTERNALIZED_CHECKPOINTS' | 'DELETE_ON_CANCELLATION' | 'RETAIN_ON_CANCELLATION';
export type RestartStrategyType = 'none' | 'fixed-delay' | 'failure-rate' | 'exponential-delay';

export const CheckpointingOptions: {
  readonly interval: Option<number | undefined>;
  readonly mode: Option<CheckpointingMode>;
  readonly timeout: Option<number>;
  readonly minPause: Option<number>;
  readonly maxConcurrent: Option<number>;
  readonly tolerableFailed: Option<number>;
  readonly retention: Option<RetentionMode>;
  readonly numRetained: Option<number>;
  readonly storage: Option<'filesystem' | 'jobmanager' | undefined>;
  readonly dir: Option<string | undefined>;
  readonly incremental: Option<boolean>;
} = {
  interval: optionalDurationOption('execution.checkpointing.interval', {
    minMs: 10,
    doc: 'Base period of checkpoints, from trigger to trigger. Not set: no checkpoints.',
  }),
  mode: enumOption('execution.checkpointing.mode', ['EXACTLY_ONCE', 'AT_LEAST_ONCE'], 'EXACTLY_ONCE', {
    doc: 'EXACTLY_ONCE holds channels back while barriers are aligned; AT_LEAST_ONCE does not, and records may be processed again after a failure.',
  }),
  timeout: durationOption('execution.checkpointing.timeout', '10 min', {
    minMs: 10,
    doc: 'A checkpoint that is not complete by then is aborted.',
  }),
  minPause: durationOption('execution.checkpointing.min-pause', '0 ms', {
    doc: 'Time from the end of the last completed checkpoint to the next periodic trigger.',
  }),
  maxConcurrent: integerOption('execution.checkpointing.max-concurrent-checkpoints', 1, {
    min: 1,
    doc: 'Checkpoints that may be in progress at once.',
  }),
  tolerableFailed: integerOption('execution.checkpointing.tolerable-failed-checkpoints', 0, {
    min: 0,
    doc: 'Consecutive failed checkpoints that are tolerated; one more fails the attempt.',
  }),
  retention: enumOption(
    'execution.checkpointing.externalized-checkpoint-retention',
    ['NO_EXTERNALIZED_CHECKPOINTS', 'DELETE_ON_CANCELLATION', 'RETAIN_ON_CANCELLATION'],
    'RETAIN_ON_CANCELLATION',
    {
      doc: 'What stays when the job ends. The default differs from Flink, whose default deletes the state of a canceled or failed job.',
    },
  ),
  numRetained: integerOption('execution.checkpointing.num-retained', 1, {
    min: 1,
    aliases: ['state.checkpoints.num-retained'],
    doc: 'Completed checkpoints that are kept.',
  }),
  storage: optionalEnumOption(
    'execution.checkpointing.storage',
    ['filesystem', 'jobmanager'],
    "filesystem, in 'file:./.millrace/checkpoints' when no directory is set",
    {
      aliases: ['state.checkpoint-storage'],
      doc: 'jobmanager keeps checkpoints in memory: they survive a restart of the attempt, not the end of the process. It must be named to be used.',
    },
  ),
  dir: optionalStringOption('execution.checkpointing.dir', 'file:./.millrace/checkpoints', {
    aliases: ['state.checkpoints.dir', 'state.backend.fs.checkpointdir'],
    doc: "Root of checkpoint data and metadata: a path or a 'file:' URI.",
  }),
  incremental: booleanOption('execution.checkpointing.incremental', false, {
    aliases: ['state.backend.incremental'],
    doc: 'Write only what changed since an earlier checkpoint. Unlike in Flink the heap backend supports it.',
  }),
};

export const RestartOptions: {
  readonly type: Option<RestartStrategyType | undefined>;
  readonly fixedDelayAttempts: Option<number>;
  readonly fixedDelayDelay: Option<number>;
  readonly failureRateMaxFailures: Option<number>;
  readonly failureRateInterval: Option<number>;
  readonly failureRateDelay: Option<number>;
  readonly exponentialInitialBackoff: Option<number>;
  readonly exponentialMaxBackoff: Option<number>;
  readonly exponentialMultiplier: Option<number>;
  readonly exponentialResetThreshold: Option<number>;
  readonly exponentialJitter: Option<number>;
  readonly exponentialAttempts: Option<number>;
} = {
  type: optionalEnumOption(
    'restart-strategy.type',
    ['none', 'fixed-delay', 'failure-rate', 'exponential-delay'],
    'exponential-delay with checkpointing, none without',
    {
      aliases: ['restart-strategy'],
      spellings: {
        off: 'none',
        disable: 'none',
        fixeddelay: 'fixed-delay',
        failurerate: 'failure-rate',
        exponentialdelay: 'exponential-delay',
      },
      doc: 'What happens after a failure of the job.',
    },
  ),
  fixedDelayAttempts: integerOption('restart-strategy.fixed-delay.attempts', 1, {
    min: 0,
    doc: 'Restarts in all; the count never starts anew.',
  }),
  fixedDelayDelay: durationOption('restart-strategy.fixed-delay.delay', '1 s', { doc: 'Pause before each restart.' }),
  failureRateMaxFailures: integerOption('restart-strategy.failure-rate.max-failures-per-interval', 1, {
    min: 1,
    doc: 'Failures within the interval after which there is still a restart.',
  }),
  failureRateInterval: durationOption('restart-strategy.failure-rate.failure-rate-interval', '1 min', {
    minMs: 1,
    doc: 'Length of the interval.',
  }),
  failureRateDelay: durationOption('restart-strategy.failure-rate.delay', '1 s', { doc: 'Pause before each restart.' }),
  exponentialInitialBackoff: durationOption('restart-strategy.exponential-delay.initial-backoff', '1 s', {
    minMs: 1,
    doc: 'Pause before the first restart; not above the max backoff.',
  }),
  exponentialMaxBackoff: durationOption('restart-strategy.exponential-delay.max-backoff', '1 min', {
    minMs: 1,
    doc: 'Longest pause before a restart.',
  }),
  exponentialMultiplier: doubleOption('restart-strategy.exponential-delay.backoff-multiplier', 1.5, {
    allowed: 'a number above 1',
    isAllowed: (value) => value > 1,
    doc: 'By how much the pause grows with each failure.',
  }),
  exponentialResetThreshold: durationOption('restart-strategy.exponential-delay.reset-backoff-threshold', '1 h', {
    minMs: 1,
    doc: 'So long after the planned restart without a failure the pause starts anew.',
  }),
  exponentialJitter: doubleOption('restart-strategy.exponential-delay.jitter-factor', 0.1, {
    allowed: 'a number from 0 to 1',
    isAllowed: (value) => value >= 0 && value <= 1,
    doc: 'Share of the pause by which it is shortened or lengthened at random.',
  }),
  exponentialAttempts: integerOption('restart-strategy.exponential-delay.attempts-before-reset-backoff', 2 ** 31 - 1, {
    min: 1,
    doc: 'Restarts until the pause is reset; 2147483647 stands for no limit.',
  }),
};

export const PipelineOptions: {
  readonly parallelism: Option<number | undefined>;
  readonly slots: Option<number | undefined>;
  readonly maxParallelism: Option<number | undefined>;
  readonly autoWatermarkInterval: Option<number>;
} = {
  parallelism: optionalIntegerOption('parallelism.default', 'number of cores', {
    min: 1,
    max: 32_768,
    doc: 'Parallelism of operators that do not set their own.',
  }),
  slots: optionalIntegerOption('taskmanager.numberOfTaskSlots', 'highest parallelism of the job', {
    min: 1,
    max: 1024,
    doc: 'Most slots (threads) a job may use; a job with a higher parallelism is refused.',
  }),
  maxParallelism: optionalIntegerOption('pipeline.max-parallelism', 'derived from the parallelism', {
    min: 1,
    max: 32_768,
    doc: 'Number of key groups: the highest parallelism that keyed state can ever be restored at.',
  }),
  autoWatermarkInterval: durationOption('pipeline.auto-watermark-interval', '200 ms', {
    minMs: 1,
    doc: 'How often sources ask their watermark generators.',
  }),
};

export const TaskOptions: {
  readonly processMemory: Option<number | undefined>;
  readonly stuckWarning: Option<number>;
  readonly stuckTimeout: Option<number>;
  readonly openTimeout: Option<number>;
  readonly closeTimeout: Option<number>;
  readonly cancellationTimeout: Option<number>;
  readonly committerRetries: Option<number>;
} = {
  processMemory: optionalMemorySizeOption('taskmanager.memory.process.size', '75 % of the available memory', {
    minBytes: 64 * 1024 * 1024,
    doc: 'Memory budget of the process, shared evenly by its slots. A slot above 90 % of its share fails the job.',
  }),
  stuckWarning: durationOption('task.stuck.warning', '5 s', {
    minMs: 100,
    doc: 'A slot without progress for so long is logged with its operator. Ours.',
  }),
  stuckTimeout: durationOption('task.stuck.timeout', '60 s', {
    minMs: 100,
    doc: 'A slot without progress for so long is ended and counts as a failure. Ours.',
  }),
  openTimeout: durationOption('task.function.open-timeout', '60 s', {
    minMs: 1,
    doc: 'How long open of a function, the start of an enumerator, and check and prepare of a sink may take. Ours.',
  }),
  closeTimeout: durationOption('task.function.close-timeout', '30 s', {
    minMs: 1,
    doc: 'How long close of a function or of an enumerator may take. Ours.',
  }),
  cancellationTimeout: durationOption('task.cancellation.timeout', '3 min', {
    minMs: 1,
    doc: 'A slot that has not closed its subtasks by then is ended.',
  }),
  committerRetries: integerOption('sink.committer.retries', 10, {
    min: 0,
    doc: 'Rounds in which a committer may ask for a retry before the subtask fails.',
  }),
};

/** Every option, in the order of the documentation. */
export const ALL_OPTIONS: readonly Option<unknown>[] = [
  ...Object.values(PipelineOptions),
  ...Object.values(CheckpointingOptions),
  ...Object.values(RestartOptions),
  ...Object.values(TaskOptions),
];
