/**
 * Proof that a checkpoint is complete and that this process still owns the job: metadata durable, pointer entry appended and
 * seen to be the highest. A committer cannot be called without one, so that committing too early does not compile.
 *
 * Only these places make permits: the coordinator after the pointer entry stands (`CommitPermit.of`), and the slot's side of the
 * control plane when the coordinator's message arrives (`CommitPermit.of` with the message).
 */
import type { CheckpointId } from './ids.ts';

/** What the coordinator sends when, and only when, the pointer entry of the checkpoint stands. */
export interface CheckpointCompleted {
  readonly kind: 'checkpoint-completed';
  readonly checkpointId: CheckpointId;
  /** Epoch under which the pointer entry was written. */
  readonly fencingEpoch: number;
}

export class CommitPermit {
  readonly checkpointId: CheckpointId;
  readonly fencingEpoch: number;

  private constructor(completed: CheckpointCompleted) {
    this.checkpointId = completed.checkpointId;
    this.fencingEpoch = completed.fencingEpoch;
  }

  static of(completed: CheckpointCompleted): CommitPermit {
    return new CommitPermit(completed);
  }
}
