/** A state in the middle of a transition: changed in place, then frozen into the next state. Lives for one call only. */
import { assert } from '../../base/assert.ts';
import { checkpointId } from '../../base/ids.ts';
import type { CheckpointId } from '../../base/ids.ts';
import { countFailure } from '../protocol/failure-reasons.ts';
import type { CheckpointFailureReason } from '../protocol/failure-reasons.ts';
import type {
  CoordinatorCommand,
  CoordinatorState,
  CoordinatorTransition,
  PendingView,
  RequestAnswer,
} from './coordinator-state.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class CoordinatorDraft {
  readonly state: Mutable<CoordinatorState>;
  readonly nowMs: number;
  readonly #commands: CoordinatorCommand[] = [];

  constructor(state: CoordinatorState, nowMs: number) {
    this.state = { ...state };
    this.nowMs = nowMs;
  }

  command(command: CoordinatorCommand): void {
    this.#commands.push(command);
  }

  finish(): CoordinatorTransition {
    return { state: this.state, commands: this.#commands };
  }

  setPending(pending: PendingView): void {
    this.state.pending = new Map(this.state.pending).set(pending.checkpointId, pending);
  }

  removePending(id: CheckpointId): void {
    const pending = new Map(this.state.pending);
    pending.delete(id);
    this.state.pending = pending;
  }

  answer(requestIds: readonly number[], answer: RequestAnswer): void {
    if (requestIds.length > 0) this.command({ kind: 'answer', requestIds, answer });
  }

  /** The checkpoint will not complete. One that is finalizing is aborted only by the outcome of its own finalization. */
  abort(pending: PendingView, reason: CheckpointFailureReason): void {
    assert(
      pending.stage !== 'finalizing' || reason === 'finalize-failure',
      () => `Checkpoint ${pending.checkpointId} is aborted while it is being finalized`,
    );
    this.removePending(pending.checkpointId);
    this.command({ kind: 'abort', checkpointId: pending.checkpointId, reason });
    this.answer(pending.requestIds, { kind: 'failed', reason });
    this.countFailure(pending.checkpointId, reason);
  }

  /** Gives up a checkpoint that has no place yet. */
  abandonTrigger(reason: CheckpointFailureReason): void {
    const { trigger } = this.state;
    if (trigger === undefined) return;
    this.state.trigger = undefined;
    this.state.nextCheckpointId = Math.max(this.state.nextCheckpointId, trigger.candidate + 1);
    this.answer(trigger.requestIds, { kind: 'failed', reason });
    this.countFailure(checkpointId(trigger.candidate), reason);
  }

  rejectWaiting(reason: CheckpointFailureReason): void {
    this.answer(this.state.waitingRequests, { kind: 'failed', reason });
    this.state.waitingRequests = [];
  }

  countFailure(id: CheckpointId, reason: CheckpointFailureReason): void {
    const tolerable = this.state.settings.tolerableFailures;
    const { counter, isExceeded } = countFailure(this.state.failures, { checkpointId: id, reason, tolerable });
    this.state.failures = counter;
    if (isExceeded && this.state.phase === 'running') this.command({ kind: 'fail-job', reason, checkpointId: id });
  }
}
