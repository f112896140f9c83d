/** What the coordinator needs from outside; implemented by job/. */
import type { CheckpointCompleted } from '../../base/commit-permit.ts';
import type { TriggerCheckpoint } from '../../base/control-plane.ts';
import type { CheckpointId, OperatorId, SubtaskAddress } from '../../base/ids.ts';
import type { CheckpointFailureReason } from '../protocol/failure-reasons.ts';

/** The subtasks of the current attempt. Calls do not throw; those to subtasks that are gone do nothing. */
export interface CheckpointTargets {
  /** The subtask starts the checkpoint. It may be told of one that it has started already: then it does nothing. */
  trigger(subtask: SubtaskAddress, trigger: TriggerCheckpoint): void;
  /** To all slots and enumerators. Ids ascend; completion of n covers everything older. */
  completed(completed: CheckpointCompleted): void;
  /** To all slots and enumerators. Held assignments of enumerators are let go. */
  aborted(checkpointId: CheckpointId, reason: CheckpointFailureReason): void;
}

export interface EnumeratorSnapshot {
  readonly operatorId: OperatorId;
  /** Written by the value codec. */
  readonly state: Uint8Array;
}

export interface EnumeratorSnapshots {
  /**
   * All enumerators that run, before any subtask hears of the checkpoint. From each snapshot on, assignments to a subtask are
   * held until that subtask has acknowledged, or the checkpoint is aborted. Rejecting fails the job.
   */
  snapshot(checkpointId: CheckpointId): Promise<readonly EnumeratorSnapshot[]>;
}
