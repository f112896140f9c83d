import type { Mutants } from '../base/mutants.ts';

/** What subtasks need of the configuration; plain data, the same in every slot. */
export interface TaskConfiguration {
  readonly isCheckpointingEnabled: boolean;
  /** execution.checkpointing.interval; paces the snapshot writer. Infinity when disabled. */
  readonly checkpointIntervalMs: number;
  /** execution.checkpointing.incremental: backends keep track of what changed. */
  readonly isIncremental: boolean;
  /** pipeline.auto-watermark-interval */
  readonly autoWatermarkIntervalMs: number;
  /** task.function.open-timeout: for `open` of functions, sinks and readers, restore not included. */
  readonly openTimeoutMs: number;
  /** task.function.close-timeout */
  readonly closeTimeoutMs: number;
  /** sink.committer.retries */
  readonly committerRetries: number;
  /** Freeze values deeply and check that they are of the value domain, also where no ring would. */
  readonly checkMutation: boolean;
  readonly checkValues: boolean;
  readonly mutants: Mutants;
  /** Default STEP_LIMITS. The simulator draws small ones, so that bursts and snapshots are interrupted often. */
  readonly stepLimits?: StepLimits;
}

/** How much a subtask does of one thing before it looks at the clock and its outputs again. */
export interface StepLimits {
  /** Timers or windows fired in one step. */
  readonly firings: number;
  /** Entries of a snapshot between two looks at the clock. */
  readonly snapshotEntries: number;
}

export const STEP_LIMITS: StepLimits = { firings: 128, snapshotEntries: 256 };
