import type { Environment } from '../base/environment.ts';
import type { JobId, OperatorId } from '../base/ids.ts';
import type { CheckpointCoordinatorOptions } from '../checkpoint/coordinator/coordinator-options.ts';
import type { CheckpointMetadata } from '../checkpoint/metadata/checkpoint-metadata.ts';
import type { RestorePlan } from '../checkpoint/protocol/plan-restore.ts';
import type { CheckpointRetention } from '../checkpoint/protocol/retention.ts';
import type { ExecutionGraph } from '../graph/execution-graph.ts';
import type { Host } from './host.ts';
import type { JobEvent } from './job-status.ts';
import type { RestartStrategy } from './restart/restart-strategy.ts';

export interface JobMasterOptions {
  readonly host: Host;
  /** The main thread's own evaluation of the definition. */
  readonly graph: ExecutionGraph;
  readonly environment: Environment;
  readonly jobId: JobId;
  readonly runId: string;
  readonly fencingEpoch: number;
  readonly restart: RestartStrategy;
  /** Undefined: the job takes no checkpoints, and every attempt starts empty. */
  readonly checkpointing: JobCheckpointing | undefined;
  /** task.function.open-timeout and task.function.close-timeout: for enumerators. */
  readonly openTimeoutMs: number;
  readonly closeTimeoutMs: number;
  /** Told in order. What it throws is logged. */
  readonly onEvent: (event: JobEvent) => void;
  /** Rows of collect() sinks: an array, encoded by the value codec. A batch id that came before is a repeated commit. */
  readonly onCollected: (sinkId: OperatorId, batchId: string, rows: Uint8Array) => void;
}

/** What the coordinator gets from outside of job/, and what becomes of a checkpoint that is restored. */
export interface JobCheckpointing extends Omit<
  CheckpointCoordinatorOptions,
  'environment' | 'targets' | 'enumerators' | 'onFailure' | 'onEvent'
> {
  /** execution.checkpointing.externalized-checkpoint-retention: whether the end of the run deletes its checkpoints. */
  readonly retentionAtEnd: CheckpointRetention;
  /** Deals a checkpoint out to the subtasks of this job. Throws STATE_INCOMPATIBLE and its like. */
  readonly planRestore: (checkpoint: CheckpointMetadata) => RestorePlan;
}
