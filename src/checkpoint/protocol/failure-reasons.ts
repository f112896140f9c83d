/**
 * Why a checkpoint did not complete, and which of these count against execution.checkpointing.tolerable-failed-checkpoints.
 * Both are Flink's (CheckpointFailureReason, CheckpointFailureManager).
 */
import type { DeclineReason } from '../../base/control-plane.ts';

export type CheckpointFailureReason =
  | DeclineReason
  /** It took longer than execution.checkpointing.timeout. */
  | 'expired'
  /** All parts were in, but metadata or pointer entry could not be written. */
  | 'finalize-failure'
  /** An enumerator could not be snapshotted. */
  | 'trigger-failure'
  /** A subtask is not running yet. */
  | 'not-all-tasks-running'
  | 'too-many-requests'
  | 'coordinator-suspend'
  | 'coordinator-shutdown'
  | 'failover';

const IS_COUNTED: Readonly<Record<CheckpointFailureReason, boolean>> = {
  'io-exception': true,
  'async-exception': true,
  expired: true,
  'finalize-failure': true,
  'task-not-ready': false,
  'task-closing': false,
  'canceled-by-marker': false,
  subsumed: false,
  'input-end-of-stream': false,
  'trigger-failure': false,
  'not-all-tasks-running': false,
  'too-many-requests': false,
  'coordinator-suspend': false,
  'coordinator-shutdown': false,
  failover: false,
};

export function isCountedFailure(reason: CheckpointFailureReason): boolean {
  return IS_COUNTED[reason];
}

/** Consecutive counted failures. */
export interface FailureCounter {
  readonly count: number;
  /** Ids that were counted since the last success: each counts once. */
  readonly countedIds: ReadonlySet<number>;
  /** Failures of checkpoints up to this one say nothing any more. */
  readonly lastSuccessId: number;
}

export const NO_FAILURES: FailureCounter = { count: 0, countedIds: new Set(), lastSuccessId: 0 };

export function countSuccess(counter: FailureCounter, checkpointId: number): FailureCounter {
  return { ...NO_FAILURES, lastSuccessId: Math.max(counter.lastSuccessId, checkpointId) };
}

/** `isExceeded`: the job has to fail; the counter then starts anew. */
export function countFailure(
  counter: FailureCounter,
  failure: { readonly checkpointId: number; readonly reason: CheckpointFailureReason; readonly tolerable: number },
): { readonly counter: FailureCounter; readonly isExceeded: boolean } {
  const { checkpointId, reason, tolerable } = failure;
  if (!isCountedFailure(reason) || checkpointId <= counter.lastSuccessId || counter.countedIds.has(checkpointId)) {
    return { counter, isExceeded: false };
  }
  const count = counter.count + 1;
  if (count > tolerable) return { counter: { ...NO_FAILURES, lastSuccessId: counter.lastSuccessId }, isExceeded: true };
  return {
    counter: { ...counter, count, countedIds: new Set([...counter.countedIds, checkpointId]) },
    isExceeded: false,
  };
}
