/**
 * Stands in for the sink tasks of a job: runs the writers and committers of one attempt as task/ does, keeps committables until
 * their checkpoint is complete, and hands the state of the last complete checkpoint to the next attempt.
 */
import { must } from '../../src/base/assert.ts';
import { CommitPermit } from '../../src/base/commit-permit.ts';
import { checkpointId, jobId, operatorId } from '../../src/base/ids.ts';
import type { CheckpointId } from '../../src/base/ids.ts';
import type { Environment } from '../../src/base/environment.ts';
import type { Committer, Sink, SinkPrepareContext, SinkWriter, WriterContext } from '../../src/base/sink.ts';

export const JOB_ID = jobId('0123456789abcdef0123456789abcdef');
export const OPERATOR_ID = operatorId('fedcba9876543210fedcba9876543210');
export const RUN_ID = 'run7';

export interface PendingCommittable {
  readonly checkpointId: CheckpointId;
  readonly committable: unknown;
}

/** What a checkpoint holds of one subtask. */
export interface SinkSubtaskSnapshot {
  readonly states: readonly unknown[];
  readonly committables: readonly PendingCommittable[];
}

export interface SinkCheckpoint {
  readonly checkpointId: CheckpointId;
  readonly subtasks: readonly SinkSubtaskSnapshot[];
}

export interface SinkTaskOptions<T> {
  readonly sink: Sink<T>;
  readonly environment: Environment;
  readonly subtaskIndex?: number;
  readonly parallelism?: number;
  readonly fencingEpoch?: number;
  readonly attemptNumber?: number;
  readonly isCheckpointingEnabled?: boolean;
  readonly restored?: SinkCheckpoint | undefined;
  readonly runId?: string;
  readonly collectRows?: (batchId: string, rows: readonly unknown[]) => void;
}

export class FakeSinkTask<T> {
  readonly writer: SinkWriter<T, unknown, unknown>;
  readonly committer: Committer<unknown> | undefined;
  /** Committables that wait for their checkpoint. */
  pending: readonly PendingCommittable[];
  readonly failures: unknown[] = [];
  wakeUps = 0;
  readonly #restored: SinkCheckpoint | undefined;
  readonly #epoch: number;

  constructor(options: SinkTaskOptions<T>) {
    const { sink, environment, subtaskIndex = 0, parallelism = 1, restored } = options;
    this.#epoch = options.fencingEpoch ?? 1;
    this.#restored = restored;
    const context: WriterContext = {
      environment,
      logger: environment.logger,
      jobId: JOB_ID,
      operatorId: OPERATOR_ID,
      runId: options.runId ?? RUN_ID,
      fencingEpoch: this.#epoch,
      attemptNumber: options.attemptNumber ?? 0,
      subtaskIndex,
      parallelism,
      isCheckpointingEnabled: options.isCheckpointingEnabled ?? true,
      wakeUp: () => void this.wakeUps++,
      fail: (error) => void this.failures.push(error),
      ...(options.collectRows === undefined ? {} : { collectRows: options.collectRows }),
    };
    const subtasks = restored?.subtasks ?? [];
    const union = subtasks.flatMap(({ states }) => states);
    const dealt = <E>(elements: readonly E[]): readonly E[] =>
      elements.filter((_, index) => index % parallelism === subtaskIndex);
    this.pending = dealt(subtasks.flatMap(({ committables }) => committables));
    this.committer = sink.createCommitter?.(context);
    this.writer = sink.createWriter(context, sink.writerStateMode === 'union' ? union : dealt(union));
  }

  /** Restored committables first, as in task/. */
  async open(): Promise<void> {
    if (this.#restored !== undefined) await this.commit(this.#restored.checkpointId);
    await this.writer.open();
  }

  write(value: T, timestampMs: number = Number.NaN): void {
    this.writer.write(value, timestampMs, Number.NEGATIVE_INFINITY);
  }

  /** The synchronous part; `durable` settles when the subtask may acknowledge. */
  barrier(id: number, isEndOfInput: boolean = false): { snapshot: SinkSubtaskSnapshot; durable: Promise<void> } {
    const made = this.writer.prepareCommit(checkpointId(id), isEndOfInput);
    this.pending = [...this.pending, ...made.map((committable) => ({ checkpointId: checkpointId(id), committable }))];
    const states = this.writer.snapshotState(checkpointId(id));
    // Encoded at once, as in task/: later changes of the objects must not reach the checkpoint.
    const snapshot = structuredClone({ states, committables: this.pending });
    return { snapshot, durable: this.writer.durable() };
  }

  /** Commits what the checkpoint and those before it cover. */
  async commit(id: number, pending: readonly PendingCommittable[] = this.pending): Promise<void> {
    const covered = pending.filter((each) => each.checkpointId <= id);
    if (covered.length === 0) return;
    const permit = CommitPermit.of({
      kind: 'checkpoint-completed',
      checkpointId: checkpointId(id),
      fencingEpoch: this.#epoch,
    });
    const committables = covered.map(({ committable }) => committable);
    const outcomes = await must(this.committer, 'committer').commit(permit, committables);
    const done = new Set(covered.filter((_, index) => outcomes[index] !== 'retry'));
    this.pending = this.pending.filter((each) => !done.has(each));
  }

  /** A checkpoint from barrier to commit. */
  async checkpoint(id: number, isEndOfInput: boolean = false): Promise<SinkCheckpoint> {
    const { snapshot, durable } = this.barrier(id, isEndOfInput);
    await durable;
    await this.commit(id);
    return { checkpointId: checkpointId(id), subtasks: [snapshot] };
  }

  async close(): Promise<void> {
    await this.writer.close();
    await this.committer?.close?.();
  }
}

export function prepareContext(
  environment: Environment,
  options: Partial<SinkPrepareContext> = {},
): SinkPrepareContext {
  return {
    environment,
    logger: environment.logger,
    jobId: JOB_ID,
    runId: RUN_ID,
    fencingEpoch: 1,
    isNewRun: true,
    existingOutput: 'refuse',
    ...options,
  };
}
