/** The content of a checkpoint that is under way: the parts as they arrive, and the metadata that comes of them. */
import { must } from '../../base/assert.ts';
import type { ErrorRecord } from '../../base/errors.ts';
import type { CheckpointId, OperatorId, SubtaskAddress } from '../../base/ids.ts';
import { subtaskKey } from '../../base/ids.ts';
import type { OperatorSubtaskState, SubtaskSnapshot } from '../../base/state-handle.ts';
import type { CheckpointMetadata, OperatorMetadata, SubtaskMetadata } from '../metadata/checkpoint-metadata.ts';
import type { EnumeratorSnapshot } from './checkpoint-targets.ts';
import type { JobDescription, OperatorDescription } from './job-description.ts';

/** A subtask that had finished before the checkpoint began: nothing of it is left. */
const FINISHED_BEFORE: SubtaskMetadata = { isFinished: true, watermarkMs: undefined, keyed: [], lists: [] };

export class PendingCheckpoint {
  readonly checkpointId: CheckpointId;
  /** Wall clock. */
  readonly triggeredAtMs: number;
  /** Monotonic clock. */
  readonly startedAtMs: number;
  #failure: ErrorRecord | undefined;
  readonly #snapshots = new Map<string, SubtaskSnapshot>();
  readonly #enumerators = new Map<OperatorId, Uint8Array>();

  constructor(checkpointId: CheckpointId, times: { readonly triggeredAtMs: number; readonly startedAtMs: number }) {
    this.checkpointId = checkpointId;
    this.triggeredAtMs = times.triggeredAtMs;
    this.startedAtMs = times.startedAtMs;
  }

  /** Why it will not complete, where an error tells. */
  get failure(): ErrorRecord | undefined {
    return this.#failure;
  }

  failedWith(error: ErrorRecord): void {
    this.#failure ??= error;
  }

  enumeratorsArrived(snapshots: readonly EnumeratorSnapshot[]): void {
    for (const { operatorId, state } of snapshots) this.#enumerators.set(operatorId, state);
  }

  /** The first part of a subtask counts: false for a repeated one. */
  partArrived(subtask: SubtaskAddress, snapshot: SubtaskSnapshot): boolean {
    const key = subtaskKey(subtask);
    if (this.#snapshots.has(key)) return false;
    this.#snapshots.set(key, snapshot);
    return true;
  }

  /** All parts are in. */
  toMetadata(job: JobDescription, fencingEpoch: number): CheckpointMetadata {
    return {
      checkpointId: this.checkpointId,
      triggeredAtMs: this.triggeredAtMs,
      millraceVersion: job.millraceVersion,
      fencingEpoch,
      runId: job.runId,
      jobId: job.jobId,
      jobName: job.jobName,
      operators: job.operators.map((operator) => this.#operator(operator)),
    };
  }

  #operator(operator: OperatorDescription): OperatorMetadata {
    const { source, operatorId } = operator;
    const subtasks: SubtaskMetadata[] = [];
    for (let subtaskIndex = 0; subtaskIndex < operator.parallelism; subtaskIndex++) {
      subtasks.push(this.#subtask(operator, subtaskIndex));
    }
    const enumeratorState = this.#enumerators.get(operatorId);
    return { ...operator, source: source === undefined ? undefined : { ...source, enumeratorState }, subtasks };
  }

  #subtask({ operatorId, vertexId }: OperatorDescription, subtaskIndex: number): SubtaskMetadata {
    const snapshot = this.#snapshots.get(subtaskKey({ vertexId, subtaskIndex }));
    if (snapshot === undefined) return FINISHED_BEFORE;
    const state = must(partOf(snapshot, operatorId), `state of operator ${operatorId} in an acknowledgement`);
    const { watermarkMs, keyed, lists } = state;
    return { isFinished: snapshot.isFinished, watermarkMs, keyed, lists };
  }
}

function partOf(snapshot: SubtaskSnapshot, operatorId: OperatorId): OperatorSubtaskState | undefined {
  return snapshot.operators.find((operator) => operator.operatorId === operatorId);
}
