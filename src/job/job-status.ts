/**
 * What the job master tells of a job: to launch/, and through it to the command line and REST. Plain data.
 */
import type { OperatorId } from '../base/ids.ts';
import type { ErrorRecord } from '../base/errors.ts';
import type { SubtaskMetricName } from '../base/metrics.ts';

/** Flink's job statuses, as far as one process has them. */
export type JobStatus =
  | 'INITIALIZING'
  | 'CREATED'
  | 'RUNNING'
  | 'FAILING'
  | 'FAILED'
  | 'CANCELLING'
  | 'CANCELED'
  | 'FINISHED'
  | 'RESTARTING'
  | 'SUSPENDED';

/** How the job ended. */
export type JobOutcome = 'FINISHED' | 'CANCELED' | 'SUSPENDED' | 'FAILED';

export interface CheckpointStatistics {
  readonly checkpointId: number;
  readonly durationMs: number;
  /** New bytes written, and all bytes a restore would read. */
  readonly writtenBytes: number;
  readonly stateBytes: number;
  /** Where it is, for --restore-from. */
  readonly path: string;
  readonly completedAtMs: number;
}

export interface JobResult {
  readonly outcome: JobOutcome;
  readonly jobName: string;
  readonly jobId: string;
  readonly runtimeMs: number;
  readonly restarts: number;
  /** What the sources emitted and the sinks took in this process, what restarts repeated included. */
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly completedCheckpoints: number;
  readonly failedCheckpoints: number;
  readonly lastCheckpoint: CheckpointStatistics | undefined;
  readonly lateRecordsDropped: number;
}

export interface VertexStatus {
  readonly vertexId: OperatorId;
  readonly name: string;
  readonly parallelism: number;
  readonly runningSubtasks: number;
  readonly finishedSubtasks: number;
  /** Sums over the subtasks; watermarks are the minimum. */
  readonly metrics: Readonly<Record<SubtaskMetricName, number>>;
}

/** A moment's view, cheap enough to take several times a second. Rates are for the reader to compute from two of them. */
export interface JobStatusSnapshot {
  readonly status: JobStatus;
  readonly jobName: string;
  readonly jobId: string;
  readonly attemptNumber: number;
  readonly atMs: number;
  readonly runtimeMs: number;
  readonly restarts: number;
  /** Set while RESTARTING: when the next attempt starts, ms since the epoch. */
  readonly nextAttemptAtMs: number | undefined;
  readonly vertices: readonly VertexStatus[];
  readonly completedCheckpoints: number;
  readonly failedCheckpoints: number;
  readonly checkpointInProgress: boolean;
  readonly lastCheckpoint: CheckpointStatistics | undefined;
}

/** Things worth a line: told in order, from the main thread. */
export type JobEvent =
  | {
      readonly kind: 'started';
      readonly startLine: string;
      readonly plan: string;
      readonly guarantees: readonly string[];
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'status-changed'; readonly status: JobStatus }
  | { readonly kind: 'checkpoint-completed'; readonly checkpoint: CheckpointStatistics }
  | { readonly kind: 'checkpoint-failed'; readonly checkpointId: number; readonly reason: string }
  | { readonly kind: 'attempt-failed'; readonly error: ErrorRecord; readonly restartInMs: number | undefined };
