/**
 * Sinks, as in Flink's Sink V2: a writer in each subtask; for exactly-once a committer that makes committables visible once their
 * checkpoint is complete. Writer states and committables are plain data of the value codec.
 * Contract suite: test/contract/sink.ts.
 */
import type { CheckpointId, JobId, OperatorId } from './ids.ts';
import type { CommitPermit } from './commit-permit.ts';
import type { Environment, Logger } from './environment.ts';
import type { EventTimeMs } from './event-time.ts';
import type { RedistributionMode } from './state-handle.ts';

export type SinkGuarantee = 'exactly-once' | 'at-least-once' | 'none';

export interface Sink<T, WriterState = unknown, Committable = unknown> {
  /** 'files', 'print', 'collect', ... */
  readonly kind: string;
  readonly guarantee: SinkGuarantee;
  /**
   * How writer states are dealt out at restore, default 'split'. 'union': each writer gets the states of all subtasks, in the
   * order of the subtasks that wrote them.
   */
  readonly writerStateMode?: RedistributionMode;
  /** What is written to (paths, topic); kept in checkpoints. */
  identity(): readonly string[];
  /**
   * On the main thread, before anything starts, once a run: rights, space, output of another run (OUTPUT_NOT_EMPTY). `run` says
   * whether this is a new run or a resumed one, and what the user allows.
   */
  prepare?(context: SinkPrepareContext): Promise<void>;
  /**
   * Before `prepare`, and before this process takes the job over: throws what `prepare` would throw as far as that can be told
   * without changing anything.
   */
  check?(context: SinkCheckContext): Promise<void>;
  createWriter(context: WriterContext, restored: readonly WriterState[]): SinkWriter<T, WriterState, Committable>;
  createCommitter?(context: CommitterContext): Committer<Committable>;
}

/** `runId` is undefined for a run that has none yet. */
export interface SinkCheckContext extends Pick<
  SinkPrepareContext,
  'environment' | 'logger' | 'jobId' | 'isNewRun' | 'existingOutput'
> {
  readonly runId: string | undefined;
}

export interface SinkPrepareContext {
  readonly environment: Environment;
  readonly logger: Logger;
  readonly jobId: JobId;
  readonly runId: string;
  readonly fencingEpoch: number;
  readonly isNewRun: boolean;
  /** The writers get restored states, which may be those of another run: what they list must stay. */
  readonly isRestored?: boolean;
  readonly existingOutput: 'refuse' | 'append' | 'overwrite';
}

export interface CommitterContext {
  readonly environment: Environment;
  readonly logger: Logger;
  readonly jobId: JobId;
  /** The sink's own id: two sinks of a job may write to one folder. */
  readonly operatorId: OperatorId;
  /** Of this process and attempt: what carries others was prepared, and perhaps committed, by those before. */
  readonly fencingEpoch: number;
  readonly attemptNumber: number;
  /**
   * Hands rows to whoever runs the job (executeAndCollect). `batchId` is unique within the job, and the receiver drops a batch
   * that it has already: a commit may be repeated after a failure. Absent where nobody collects.
   */
  readonly collectRows?: (batchId: string, rows: readonly unknown[]) => void;
}

export interface WriterContext extends CommitterContext {
  /** Made anew with each new run; part of final file names. */
  readonly runId: string;
  readonly subtaskIndex: number;
  readonly parallelism: number;
  /**
   * True when the job takes checkpoints. Without, there is one prepareCommit, at end of input, and one durable(): the writer
   * itself commits there, and returns no committables.
   */
  readonly isCheckpointingEnabled: boolean;
  wakeUp(): void;
  /** From an I/O callback: the subtask fails with this. */
  fail(error: unknown): void;
}

export interface SinkWriter<T, WriterState, Committable> {
  /**
   * Before the first record, and after the subtask's restored committables were committed: what the restored states list is taken
   * over, leftovers of older attempts are removed.
   */
  open(): void | Promise<void>;
  /** Synchronous into a bounded buffer that I/O drains. Not a method, so that a sink for other values does not fit a stream. */
  readonly write: (value: T, timestampMs: EventTimeMs, watermarkMs: EventTimeMs) => void;
  /** False: the buffer is full, no record now; `wakeUp` follows. */
  readonly isWritable: boolean;
  /**
   * Just before the barrier: what was written so far belongs to this checkpoint. Committables are kept by the engine in the
   * checkpoint and committed when it is complete.
   */
  prepareCommit(checkpointId: CheckpointId, isEndOfInput: boolean): readonly Committable[];
  /** Synchronous, right after prepareCommit. */
  snapshotState(checkpointId: CheckpointId): readonly WriterState[];
  /** Settles when everything of prepareCommit and snapshotState is durable. The subtask acknowledges only then. */
  durable(): Promise<void>;
  /** Once, after failures too; leaves durable files alone. */
  close(): void | Promise<void>;
}

export type CommitOutcome = 'committed' | 'already-committed' | 'retry';

export interface Committer<Committable> {
  /**
   * Must be idempotent: after a crash between completion and commit it is called again with the same committables. Rejecting
   * fails the subtask. Results in the order of the committables; 'retry' ones are offered again (sink.committer.retries).
   */
  commit(permit: CommitPermit, committables: readonly Committable[]): Promise<readonly CommitOutcome[]>;
  close?(): void | Promise<void>;
}
