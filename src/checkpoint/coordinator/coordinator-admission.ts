/** May a checkpoint begin now? Pure; the rules are Flink's (CheckpointRequestDecider). */
import { checkpointId } from '../../base/ids.ts';
import type { CoordinatorDraft } from './coordinator-draft.ts';
import type { CoordinatorState, TriggerPhase } from './coordinator-state.ts';

/** Every subtask has used up its input, and at least one waits for a checkpoint to finish. */
export function isAtEnd({ subtasks }: Pick<CoordinatorState, 'subtasks'>): boolean {
  const statuses = [...subtasks.values()].map(({ status }) => status);
  const haveEnded = statuses.every((status) => status === 'end-of-data' || status === 'finished');
  return haveEnded && statuses.includes('end-of-data');
}

/** Begins a checkpoint if one is wanted and nothing speaks against it. */
export function admit(draft: CoordinatorDraft): void {
  const { state } = draft;
  if (!hasRoom(state)) return;
  const isFinal = state.isFinalDue && isAtEnd(state);
  const isUrgent = isFinal || state.waitingRequests.length > 0;
  if (!isUrgent && (state.isEndCovered || !state.isPeriodicDue || !hasPaused(draft))) return;
  const statuses = [...state.subtasks.values()].map(({ status }) => status);
  if (statuses.includes('created')) return refuse(draft, 'not-all-tasks-running');
  if (statuses.every((status) => status === 'finished')) return refuse(draft, 'task-closing');
  begin(draft, isUrgent);
}

function hasRoom(state: CoordinatorState): boolean {
  const isTriggering =
    state.trigger !== undefined || state.pending.values().some(({ stage }) => stage === 'enumerators');
  return state.phase === 'running' && !isTriggering && state.pending.size < state.settings.maxConcurrent;
}

/** Too early after the last completed one: the schedule begins anew when the pause is over. */
function hasPaused({ state, nowMs }: CoordinatorDraft): boolean {
  const earliestMs = (state.lastCompletedAtMs ?? -Infinity) + state.settings.minPauseMs;
  if (nowMs >= earliestMs) return true;
  state.isPeriodicDue = false;
  state.nextPeriodicAtMs = earliestMs;
  return false;
}

/** Neither of these is a failure; the next period tries again. */
function refuse(draft: CoordinatorDraft, reason: 'not-all-tasks-running' | 'task-closing'): void {
  draft.state.isPeriodicDue = false;
  draft.rejectWaiting(reason);
}

function begin(draft: CoordinatorDraft, isUrgent: boolean): void {
  const { state, nowMs } = draft;
  const trigger: TriggerPhase = {
    token: state.lastToken + 1,
    candidate: state.nextCheckpointId,
    requestIds: state.waitingRequests,
    startedAtMs: nowMs,
  };
  state.trigger = trigger;
  state.lastToken = trigger.token;
  state.waitingRequests = [];
  state.isFinalDue = false;
  if (!isUrgent) state.isPeriodicDue = false;
  draft.command({ kind: 'make-location', token: trigger.token, candidate: checkpointId(trigger.candidate) });
}
