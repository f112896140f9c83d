/**
 * Messages between the job master (main thread) and the slots. Both sides implement these two maps, and nothing else crosses:
 * method → arguments. All arguments are plain data that structured clone carries. Every message names its attempt; messages
 * of another attempt than the current one are dropped by the receiver.
 */
import type { AlignmentMode } from './elements.ts';
import type { CheckpointCompleted } from './commit-permit.ts';
import type { CheckpointId, OperatorId, SubtaskAddress } from './ids.ts';
import type { ErrorRecord } from './errors.ts';
import type { EventTimeMs } from './event-time.ts';
import type { LogLevel } from './environment.ts';
import type { SourceSplit } from './source.ts';
import type { SubtaskSnapshot } from './state-handle.ts';

export interface TriggerCheckpoint {
  readonly checkpointId: CheckpointId;
  readonly timestampMs: number;
  readonly alignment: AlignmentMode;
  readonly stateMode: 'full' | 'incremental';
}

/** Enumerator → reader. */
export type SourceEvent =
  | { readonly kind: 'add-splits'; readonly splits: readonly SourceSplit[] }
  | { readonly kind: 'no-more-splits' }
  /** The reader gets none for now: until it has some, it holds nobody's watermark back. */
  | { readonly kind: 'no-splits-yet' }
  | { readonly kind: 'unassigned-lower-bound'; readonly timestampMs: EventTimeMs };

/** Reader → enumerator. 'register' comes first in each attempt, after restored splits are in place. */
export type ReaderEvent = { readonly kind: 'register' } | { readonly kind: 'request-split' };

/** Main thread → slot. */
export interface SlotCalls {
  /** To source subtasks (and to running subtasks without running predecessor): the barrier starts here. */
  triggerCheckpoint(subtask: SubtaskAddress, trigger: TriggerCheckpoint): void;
  checkpointCompleted(completed: CheckpointCompleted): void;
  checkpointAborted(checkpointId: CheckpointId): void;
  sourceEvent(subtask: SubtaskAddress, sourceOperatorId: OperatorId, event: SourceEvent): void;
  /** Ends all subtasks of the attempt; `attemptEnded` follows. */
  cancel(): void;
}

/**
 * What a subtask reports. 'running' after open; 'end-of-data' when its input is used up and it waits for the final checkpoint
 * (only while checkpointing is on); 'finished' when nothing is left to do, commits included.
 */
export type SubtaskStatus = 'running' | 'end-of-data' | 'finished';

/** Slot → main thread. */
export interface MasterCalls {
  subtaskStatus(subtask: SubtaskAddress, status: SubtaskStatus): void;
  subtaskFailed(subtask: SubtaskAddress, error: ErrorRecord): void;
  acknowledgeCheckpoint(subtask: SubtaskAddress, checkpointId: CheckpointId, snapshot: SubtaskSnapshot): void;
  declineCheckpoint(
    subtask: SubtaskAddress,
    checkpointId: CheckpointId,
    reason: DeclineReason,
    error?: ErrorRecord,
  ): void;
  readerEvent(subtask: SubtaskAddress, sourceOperatorId: OperatorId, event: ReaderEvent): void;
  /** Rows of a collect() sink: an array, encoded by the value codec. A batch id that came before is a repeated commit. */
  collected(sinkId: OperatorId, batchId: string, rows: Uint8Array): void;
  log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): void;
  /** All subtasks of the slot have ended (finished, failed or canceled) and are closed. */
  attemptEnded(): void;
}

/** Flink's reasons of tasks; which of them count against tolerable-failed-checkpoints stands in checkpoint/failure-reasons. */
export type DeclineReason =
  | 'task-not-ready'
  | 'task-closing'
  | 'canceled-by-marker'
  | 'subsumed'
  | 'input-end-of-stream'
  | 'async-exception'
  | 'io-exception';
