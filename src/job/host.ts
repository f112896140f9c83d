/**
 * What the job master needs of a host: a place where the subtasks of one attempt run. Implemented by host/ (inline, threads, sim).
 *
 * Slot i runs subtask i of every vertex that has one. Each slot evaluates the job's definition itself, for each attempt anew, so
 * a plan carries data only, and it must survive structured clone.
 *
 * Life of an attempt: `deploy` settles → messages to the listener → `cancel`, also after every subtask has finished → nothing
 * reaches the listener any more → `dispose`. The master never has two attempts that are not disposed.
 */
import type { CheckpointCompleted } from '../base/commit-permit.ts';
import type { MasterCalls, SlotCalls } from '../base/control-plane.ts';
import type { ErrorRecord } from '../base/errors.ts';
import type { SubtaskAddress } from '../base/ids.ts';
import type { SubtaskMetrics } from '../base/metrics.ts';
import type { SubtaskRestore } from '../base/state-handle.ts';

export interface Host {
  /** Slots there are. No vertex may have a higher parallelism: whoever makes the host knows the job graph. */
  readonly slotCount: number;
  /**
   * Settles when the slots take calls. Subtasks then open and report 'running'; what a slot says while others are still being
   * set up may reach the listener before. Rejects when an attempt cannot be set up (JOB_DEFINITION_NOT_DETERMINISTIC, a thread
   * that does not start); then nothing is left of it.
   */
  deploy(plan: AttemptPlan, listener: AttemptListener): Promise<Attempt>;
}

export interface Attempt {
  /** One for each slot in use, as many as the highest parallelism. Calls to a dead slot do nothing. */
  readonly slots: readonly Pick<
    SlotCalls,
    'triggerCheckpoint' | 'checkpointCompleted' | 'checkpointAborted' | 'sourceEvent'
  >[];
  /** Current values; after the end those of the end, until `dispose`. */
  metrics(subtask: SubtaskAddress): SubtaskMetrics;
  /**
   * Ends what still runs. Settles, and never rejects, when every subtask is closed or its thread has ended: after
   * task.cancellation.timeout threads are terminated. The listener hears nothing after that.
   */
  cancel(): Promise<void>;
  /** Frees threads and memory. Once, after `cancel` has settled. */
  dispose(): void;
}

/** Slots' messages of this attempt, and what the host itself sees. Calls come one at a time on the main thread. */
export interface AttemptListener extends Omit<MasterCalls, 'attemptEnded'> {
  /** The thread of a slot ended by itself or was ended by the health watch (TASK_THREAD_DIED, TASK_STUCK, MEMORY_BUDGET_EXCEEDED). */
  slotDied(slotIndex: number, error: ErrorRecord): void;
}

export interface AttemptPlan {
  /** 1, 2, 3, ... within the process. */
  readonly attemptNumber: number;
  /** Each slot's own job graph must have this hash, else JOB_DEFINITION_NOT_DETERMINISTIC. */
  readonly jobGraphHash: string;
  readonly runId: string;
  readonly fencingEpoch: number;
  /** The checkpoint that `subtasks` restore from; sinks commit what it covers. Undefined on a fresh start. */
  readonly restoredCheckpoint: CheckpointCompleted | undefined;
  /** All subtasks, in topological order. */
  readonly subtasks: readonly SubtaskPlan[];
}

export interface SubtaskPlan {
  readonly address: SubtaskAddress;
  /** Undefined on a fresh start. */
  readonly restore: SubtaskRestore | undefined;
}
