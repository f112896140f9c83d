/**
 * What crosses between the main thread and a slot's thread, both ways. The control plane's calls travel as they are; around them
 * are the few messages that start and end an attempt. Messages of an attempt that is over are dropped by the receiver.
 *
 *   main                                    slot thread
 *   ── workerData: ThreadData ────────────▶  loads the job's module
 *                                         ◀── ready | fatal
 *   ── deploy ────────────────────────────▶  evaluates the definition, assembles the slot
 *                                         ◀── deployed | deploy-failed
 *   ── start ─────────────────────────────▶  when every slot is deployed: subtasks open, rounds begin
 *   ── slot-call ... ─────────────────────▶
 *                                         ◀── master-call ...
 *   ── cancel ────────────────────────────▶  closes every subtask
 *                                         ◀── ended
 */
import type { ErrorRecord } from '../../base/errors.ts';
import type { JobId } from '../../base/ids.ts';
import type { SlotCalls } from '../../base/control-plane.ts';
import type { AttemptPlan } from '../../job/host.ts';
import type { TaskConfiguration } from '../../task/task-configuration.ts';
import type { EvaluationSettings } from '../job-evaluation.ts';
import type { MasterMessage } from '../master-calls.ts';
import type { StorageSettings } from '../storage-settings.ts';

/** Given to a thread once, at its start; the thread serves many attempts. */
export interface ThreadData {
  readonly slotIndex: number;
  /** What `import()` takes: the job's module as launch/ prepared it. */
  readonly moduleUrl: string;
  readonly evaluation: EvaluationSettings;
  readonly configuration: TaskConfiguration;
  readonly jobId: JobId;
  readonly storage: StorageSettings;
  /** See heartbeat.ts. */
  readonly heartbeat: SharedArrayBuffer;
  /** Heap and external memory of this thread above which the job fails, bytes. */
  readonly memoryLimitBytes: number;
}

/** Shared memory of one attempt. */
export interface AttemptMemory {
  /** SUBTASK_METRIC_COUNT doubles for each subtask, in the order of ExecutionGraph.subtasks. */
  readonly metrics: SharedArrayBuffer;
  /** DOORBELL_WORDS words for each slot. */
  readonly doorbells: SharedArrayBuffer;
  /** One ring for each channel that crosses threads, by channel index. */
  readonly rings: ReadonlyMap<number, SharedArrayBuffer>;
}

export type SlotMethod = 'triggerCheckpoint' | 'checkpointCompleted' | 'checkpointAborted' | 'sourceEvent';

export type SlotMessage = {
  [M in SlotMethod]: { readonly method: M; readonly args: Parameters<SlotCalls[M]> };
}[SlotMethod];

export type ToSlotThread =
  | { readonly kind: 'deploy'; readonly plan: AttemptPlan; readonly memory: AttemptMemory }
  | { readonly kind: 'start'; readonly attemptNumber: number }
  | { readonly kind: 'slot-call'; readonly attemptNumber: number; readonly message: SlotMessage }
  | { readonly kind: 'cancel'; readonly attemptNumber: number };

export type FromSlotThread =
  | { readonly kind: 'ready' }
  /** The thread cannot serve: its module does not load, or its loop broke. */
  | { readonly kind: 'fatal'; readonly error: ErrorRecord }
  | { readonly kind: 'deployed'; readonly attemptNumber: number }
  | { readonly kind: 'deploy-failed'; readonly attemptNumber: number; readonly error: ErrorRecord }
  | { readonly kind: 'master-call'; readonly attemptNumber: number; readonly message: MasterMessage }
  | { readonly kind: 'ended'; readonly attemptNumber: number };
