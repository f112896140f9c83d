/**
 * What the job master does about each event: pure. `nowMs` is ms of a clock that does not go back. The phases, commands and
 * invariants stand in job-master-state.ts.
 */
import { assert, unreachable } from '../base/assert.ts';
import type { SubtaskStatus } from '../base/control-plane.ts';
import { haveAllReached, withStatus } from './attempt-progress.ts';
import { afterFailure, onFailure, onOutcomeNotRecorded, onRestartDecided } from './job-master-failure.ts';
import type { JobMasterEvent, JobMasterState, JobMasterTransition } from './job-master-state.ts';
import { deploy, end, endAttempt, go, inPhase, isOfLiveAttempt, record, redeploy, stay } from './job-master-steps.ts';

export function transition(state: JobMasterState, event: JobMasterEvent, nowMs: number): JobMasterTransition {
  switch (event.kind) {
    case 'start':
      // A signal may have come first.
      return state.phase.kind === 'created' ? deploy(state) : stay(state);
    case 'cancel':
      return onCancel(state);
    case 'suspend':
      return onSuspend(state);
    case 'subtask-status':
      return isOfLiveAttempt(state, event.attemptNumber)
        ? onSubtaskStatus(state, event.subtask, event.status)
        : stay(state);
    case 'failure':
      return onFailure(state, event.error, event.attemptNumber);
    case 'restart-decided':
      return onRestartDecided(state, event, nowMs);
    case 'attempt-ended':
      return isOfLiveAttempt(state, event.attemptNumber) ? onAttemptEnded(state, nowMs) : stay(state);
    case 'checkpoints-drained':
      return state.phase.kind === 'draining' ? endAttempt(state, { kind: 'suspending' }) : stay(state);
    case 'restart-due':
      return state.phase.kind === 'restarting' ? redeploy(state) : stay(state);
    case 'outcome-recorded':
      return state.phase.kind === 'recording' ? end(state, state.phase.outcome, undefined) : stay(state);
    case 'outcome-not-recorded':
      return onOutcomeNotRecorded(state, event.error);
    default:
      return unreachable(event);
  }
}

function onCancel(state: JobMasterState): JobMasterTransition {
  switch (state.phase.kind) {
    case 'running':
    case 'draining':
      return endAttempt(state, { kind: 'cancelling' });
    case 'suspending':
      return stay(inPhase(state, { kind: 'cancelling' }));
    case 'failing':
      // A job that has failed for good stays so: its next start resumes it, and a canceled one would not.
      if (state.phase.verdict.kind === 'fail') return stay(state);
      return state.isAttemptLive ? stay(inPhase(state, { kind: 'cancelling' })) : record(state, 'CANCELED');
    case 'restarting':
      return record(state, 'CANCELED', { kind: 'disarm-restart-timer' });
    case 'created':
      return record(state, 'CANCELED');
    case 'cancelling':
    case 'finishing':
    case 'recording':
    case 'ended':
      return stay(state);
  }
}

function onSuspend(state: JobMasterState): JobMasterTransition {
  switch (state.phase.kind) {
    case 'running':
      if (!state.progress.isCheckpointing) return endAttempt(state, { kind: 'suspending' });
      return go(inPhase(state, { kind: 'draining' }), { kind: 'drain-checkpoints' });
    case 'failing':
      if (state.phase.verdict.kind === 'fail') return stay(state);
      return state.isAttemptLive ? stay(inPhase(state, { kind: 'suspending' })) : end(state, 'SUSPENDED', undefined);
    case 'restarting':
      return end(state, 'SUSPENDED', undefined, { kind: 'disarm-restart-timer' });
    case 'created':
      return end(state, 'SUSPENDED', undefined);
    case 'draining':
    case 'suspending':
    case 'cancelling':
    case 'finishing':
    case 'recording':
    case 'ended':
      return stay(state);
  }
}

function onSubtaskStatus(state: JobMasterState, subtask: string, status: SubtaskStatus): JobMasterTransition {
  if (state.phase.kind !== 'running' && state.phase.kind !== 'draining') return stay(state);
  const next = { ...state, progress: withStatus(state.progress, subtask, status) };
  if (haveAllReached(next.progress, state.subtaskCount, 'finished')) return endAttempt(next, { kind: 'finishing' });
  const { isCheckpointing } = next.progress;
  if (!state.isCheckpointingEnabled || isCheckpointing || state.phase.kind !== 'running') return stay(next);
  if (!haveAllReached(next.progress, state.subtaskCount, 'running')) return stay(next);
  return go({ ...next, progress: { ...next.progress, isCheckpointing: true } }, { kind: 'start-checkpointing' });
}

function onAttemptEnded(state: JobMasterState, nowMs: number): JobMasterTransition {
  const next = { ...state, isAttemptLive: false };
  switch (state.phase.kind) {
    case 'failing':
      return afterFailure(next, state.phase.verdict, nowMs);
    case 'suspending':
      return end(next, 'SUSPENDED', undefined);
    case 'cancelling':
      return record(next, 'CANCELED');
    case 'finishing':
      return record(next, 'FINISHED');
    default:
      assert(false, `Attempt ended in phase '${state.phase.kind}'`);
  }
}
