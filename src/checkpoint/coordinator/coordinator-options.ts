import type { ErrorRecord } from '../../base/errors.ts';
import type { AlignmentMode } from '../../base/elements.ts';
import type { Environment } from '../../base/environment.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { Mutants } from '../../base/mutants.ts';
import type { CheckpointStorage } from '../checkpoint-storage.ts';
import type { CheckpointMetadata } from '../metadata/checkpoint-metadata.ts';
import type { CheckpointFailureReason } from '../protocol/failure-reasons.ts';
import type { RetentionState } from '../protocol/retention.ts';
import type { CheckpointRecord } from './checkpoint-statistics.ts';
import type { CheckpointTargets, EnumeratorSnapshots } from './checkpoint-targets.ts';
import type { CoordinatorSettings } from './coordinator-state.ts';
import type { JobDescription } from './job-description.ts';

export interface CheckpointCoordinatorOptions {
  readonly environment: Environment;
  readonly storage: CheckpointStorage;
  readonly targets: CheckpointTargets;
  readonly enumerators: EnumeratorSnapshots;
  readonly job: JobDescription;
  readonly settings: CoordinatorSettings & {
    /** execution.checkpointing.num-retained, at least 1. */
    readonly numRetained: number;
  };
  readonly alignment: AlignmentMode;
  readonly stateMode: 'full' | 'incremental';
  /** The first checkpoint to complete is a full one, because the restored one belongs to another directory. */
  readonly isFirstFull: boolean;
  readonly nextCheckpointId: CheckpointId;
  /** What stands in the directory at the start. */
  readonly retention: RetentionState;
  /** What the job was started from. */
  readonly restored: CheckpointMetadata | undefined;
  readonly mutants?: Mutants;
  /**
   * The job has to fail with this: more failures than tolerated (CHECKPOINT_FAILURES_EXCEEDED), an enumerator that cannot be
   * snapshotted, or, with recovery 'fail-process', a lost job (JOB_FENCED), a pointer entry of unknown outcome, a bug.
   */
  readonly onFailure: (error: unknown) => void;
  /** For logs and status lines. */
  readonly onEvent?: (event: CheckpointEvent) => void;
}

export type CheckpointEvent =
  | { readonly kind: 'completed'; readonly record: CheckpointRecord }
  | {
      readonly kind: 'aborted';
      readonly record: CheckpointRecord;
      readonly reason: CheckpointFailureReason;
      readonly error: ErrorRecord | undefined;
    };
