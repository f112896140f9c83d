/**
 * What the coordinator does about each event: pure. `nowMs` is ms of a clock that does not go back. States, commands and
 * invariants stand in coordinator-state.ts; semantics are Flink's (CheckpointCoordinator), see docs/differences-from-flink.md for
 * what is not.
 */
import { assert, unreachable } from '../../base/assert.ts';
import type { SubtaskStatus } from '../../base/control-plane.ts';
import type { CheckpointId } from '../../base/ids.ts';
import { countSuccess } from '../protocol/failure-reasons.ts';
import { admit, isAtEnd } from './coordinator-admission.ts';
import { CoordinatorDraft } from './coordinator-draft.ts';
import { isFinalizing, REQUESTS_MAX, SUSPEND_TIMEOUT_MS } from './coordinator-state.ts';
import type {
  CoordinatorEvent,
  CoordinatorState,
  CoordinatorTransition,
  PendingView,
  StopReason,
} from './coordinator-state.ts';

export function transition(state: CoordinatorState, event: CoordinatorEvent, nowMs: number): CoordinatorTransition {
  const draft = new CoordinatorDraft(state, nowMs);
  apply(draft, event);
  triggerSubtasks(draft);
  finalizeNext(draft);
  admit(draft);
  endSuspension(draft);
  return draft.finish();
}

function apply(draft: CoordinatorDraft, event: CoordinatorEvent): void {
  switch (event.kind) {
    case 'start':
      return onStart(draft, event);
    case 'timer':
      return onTimer(draft);
    case 'request':
      return onRequest(draft, event.requestId);
    case 'subtask-status':
      return onSubtaskStatus(draft, event.subtask, event.status);
    case 'location-made':
      return onLocationMade(draft, event.token, event.checkpointId);
    case 'location-failed':
      if (draft.state.trigger?.token === event.token) draft.abandonTrigger('io-exception');
      return;
    case 'enumerators-snapshotted':
      return onEnumerators(draft, event.checkpointId);
    case 'enumerators-failed':
      return abortPending(draft, event.checkpointId, 'trigger-failure');
    case 'acknowledged':
      return onPartArrived(draft, event.checkpointId, event);
    case 'declined':
      return abortPending(draft, event.checkpointId, event.reason);
    case 'finalized':
      return onFinalized(draft, event.checkpointId);
    case 'finalize-failed':
      return draft.abort(finalizing(draft, event.checkpointId), 'finalize-failure');
    case 'lost':
      return onLost(draft);
    case 'suspend':
      return onSuspend(draft);
    case 'stop':
      return onStop(draft, event.reason);
    default:
      return unreachable(event);
  }
}

function onStart(draft: CoordinatorDraft, { subtasks, firstDelayRatio }: CoordinatorEvent & { kind: 'start' }): void {
  const { state, nowMs } = draft;
  assert(state.phase === 'stopped', () => `Checkpointing is started in phase '${state.phase}'`);
  assert(state.pending.size === 0, () => `Checkpointing is started with ${state.pending.size} checkpoints under way`);
  const { intervalMs, minPauseMs } = state.settings;
  state.phase = 'running';
  state.subtasks = new Map(subtasks.map((view) => [`${view.address.vertexId}#${view.address.subtaskIndex}`, view]));
  state.isPeriodicDue = false;
  state.isFinalDue = isAtEnd(state);
  state.isEndCovered = false;
  if (intervalMs === undefined) return;
  const baseMs = Math.max(intervalMs, minPauseMs);
  state.nextPeriodicAtMs = nowMs + minPauseMs + firstDelayRatio * (baseMs - minPauseMs);
}

function onTimer(draft: CoordinatorDraft): void {
  const { state, nowMs } = draft;
  const deadline = nowMs - state.settings.timeoutMs;
  for (const pending of state.pending.values()) {
    if (pending.stage !== 'finalizing' && pending.startedAtMs <= deadline) draft.abort(pending, 'expired');
  }
  if (state.trigger !== undefined && state.trigger.startedAtMs <= deadline) draft.abandonTrigger('expired');
  const planned = state.nextPeriodicAtMs;
  if (planned === undefined || planned > nowMs || state.settings.intervalMs === undefined) return;
  // A fixed schedule, which does not drift; what was missed counts once.
  const periodMs = Math.max(state.settings.intervalMs, state.settings.minPauseMs);
  state.isPeriodicDue = true;
  state.nextPeriodicAtMs = planned + periodMs * (Math.floor((nowMs - planned) / periodMs) + 1);
}

function onRequest(draft: CoordinatorDraft, requestId: number): void {
  const { state } = draft;
  if (state.phase !== 'running') return draft.answer([requestId], { kind: 'failed', reason: 'coordinator-shutdown' });
  if (state.waitingRequests.length >= REQUESTS_MAX)
    return draft.answer([requestId], { kind: 'failed', reason: 'too-many-requests' });
  state.waitingRequests = [...state.waitingRequests, requestId];
}

function onSubtaskStatus(draft: CoordinatorDraft, subtask: string, status: SubtaskStatus): void {
  const { state } = draft;
  const view = state.subtasks.get(subtask);
  if (view === undefined || view.status === status) return;
  state.subtasks = new Map(state.subtasks).set(subtask, { ...view, status });
  // Whoever has finished owes nothing: all it ever did lies before the barrier.
  if (status === 'finished')
    for (const id of state.pending.keys()) onPartArrived(draft, id, { subtask, isFinished: true });
  const isCovered = state.isEndCovered || state.pending.values().some(({ isFinal }) => isFinal);
  if (isAtEnd(state) && !isCovered) state.isFinalDue = true;
}

function onLocationMade(draft: CoordinatorDraft, token: number, checkpointId: CheckpointId): void {
  const { state } = draft;
  state.nextCheckpointId = Math.max(state.nextCheckpointId, checkpointId + 1);
  const { trigger } = state;
  if (trigger?.token !== token) return draft.command({ kind: 'discard-location', checkpointId });
  state.trigger = undefined;
  const isFinal = isAtEnd(state);
  if (isFinal) state.isFinalDue = false;
  const unfinished = [...state.subtasks].filter(([, { status }]) => status !== 'finished').map(([key]) => key);
  draft.setPending({
    checkpointId,
    requestIds: trigger.requestIds,
    startedAtMs: trigger.startedAtMs,
    stage: 'enumerators',
    awaiting: new Set(unfinished),
    triggered: new Set(),
    isFinal,
    hasUnfinishedPart: false,
  });
  draft.command({ kind: 'snapshot-enumerators', checkpointId });
}

function onEnumerators(draft: CoordinatorDraft, checkpointId: CheckpointId): void {
  const pending = draft.state.pending.get(checkpointId);
  if (pending === undefined) return;
  assert(pending.stage === 'enumerators', () => `Enumerators of checkpoint ${checkpointId} are in twice`);
  draft.setPending({ ...pending, stage: pending.awaiting.size === 0 ? 'ready' : 'waiting' });
}

interface Part {
  readonly subtask: string;
  readonly isFinished: boolean;
}

/** Late, repeated and unknown parts change nothing. */
function onPartArrived(draft: CoordinatorDraft, checkpointId: CheckpointId, { subtask, isFinished }: Part): void {
  const pending = draft.state.pending.get(checkpointId);
  if (pending === undefined || !pending.awaiting.has(subtask)) return;
  const awaiting = new Set(pending.awaiting);
  awaiting.delete(subtask);
  const isReady = awaiting.size === 0 && pending.stage === 'waiting';
  const hasUnfinishedPart = pending.hasUnfinishedPart || !isFinished;
  draft.setPending({ ...pending, awaiting, hasUnfinishedPart, stage: isReady ? 'ready' : pending.stage });
}

function abortPending(
  draft: CoordinatorDraft,
  checkpointId: CheckpointId,
  reason: Parameters<CoordinatorDraft['abort']>[1],
): void {
  const pending = draft.state.pending.get(checkpointId);
  if (pending !== undefined && pending.stage !== 'finalizing') draft.abort(pending, reason);
}

function onFinalized(draft: CoordinatorDraft, checkpointId: CheckpointId): void {
  const { state } = draft;
  const pending = finalizing(draft, checkpointId);
  draft.removePending(checkpointId);
  state.failures = countSuccess(state.failures, checkpointId);
  state.lastCompletedAtMs = draft.nowMs;
  // It covers the end of every subtask, though it began before: all can finish now.
  if (!pending.hasUnfinishedPart) {
    state.isFinalDue = false;
    state.isEndCovered = true;
  }
  // Older ones first: a subtask hears that n - 1 is given up before it hears that n is complete.
  for (const older of state.pending.values()) if (older.checkpointId < checkpointId) draft.abort(older, 'subsumed');
  draft.command({ kind: 'complete', checkpointId });
  draft.answer(pending.requestIds, { kind: 'completed', checkpointId });
}

/** Nothing is told and nothing deleted: it is not ours any more, or may stand. */
function onLost(draft: CoordinatorDraft): void {
  const { state } = draft;
  if (state.phase === 'suspending') draft.command({ kind: 'suspended' });
  state.phase = 'stopped';
  state.nextPeriodicAtMs = undefined;
  state.suspendDeadlineMs = undefined;
  state.trigger = undefined;
  draft.rejectWaiting('coordinator-shutdown');
  for (const { requestIds } of state.pending.values())
    draft.answer(requestIds, { kind: 'failed', reason: 'coordinator-shutdown' });
  state.pending = new Map();
}

function onSuspend(draft: CoordinatorDraft): void {
  const { state } = draft;
  if (state.phase !== 'running') return;
  state.phase = 'suspending';
  state.suspendDeadlineMs = draft.nowMs + SUSPEND_TIMEOUT_MS;
  state.nextPeriodicAtMs = undefined;
  // It has not reached the subtasks: that would be a new one.
  draft.abandonTrigger('coordinator-suspend');
  draft.rejectWaiting('coordinator-suspend');
}

function endSuspension(draft: CoordinatorDraft): void {
  const { state, nowMs } = draft;
  if (state.phase !== 'suspending') return;
  const isOver = state.pending.size === 0 || nowMs >= (state.suspendDeadlineMs ?? nowMs);
  if (!isOver) return;
  onStop(draft, 'coordinator-suspend');
  draft.command({ kind: 'suspended' });
}

function onStop(draft: CoordinatorDraft, reason: StopReason): void {
  const { state } = draft;
  const wasSuspending = state.phase === 'suspending';
  state.phase = 'stopped';
  state.nextPeriodicAtMs = undefined;
  state.suspendDeadlineMs = undefined;
  draft.abandonTrigger(reason);
  draft.rejectWaiting(reason);
  for (const pending of state.pending.values()) if (pending.stage !== 'finalizing') draft.abort(pending, reason);
  if (wasSuspending && reason !== 'coordinator-suspend') draft.command({ kind: 'suspended' });
}

/**
 * Barriers start at the sources. A subtask whose inputs have all ended gets none from upstream, so it is told as well; also when
 * it comes to its end while the checkpoint is under way.
 */
function triggerSubtasks(draft: CoordinatorDraft): void {
  for (const pending of draft.state.pending.values()) {
    if (pending.stage !== 'waiting') continue;
    const due = [...pending.awaiting].filter((key) => !pending.triggered.has(key) && startsBarrier(draft.state, key));
    if (due.length === 0) continue;
    draft.setPending({ ...pending, triggered: new Set([...pending.triggered, ...due]) });
    const subtasks = due.flatMap((key) => draft.state.subtasks.get(key)?.address ?? []);
    draft.command({ kind: 'trigger', checkpointId: pending.checkpointId, subtasks });
  }
}

function startsBarrier({ subtasks }: CoordinatorState, key: string): boolean {
  const view = subtasks.get(key);
  return view !== undefined && (view.isSource || view.status === 'end-of-data');
}

/** The oldest first: nothing is subsumed that could have completed. */
function finalizeNext(draft: CoordinatorDraft): void {
  const { state } = draft;
  if (isFinalizing(state)) return;
  const ready = state.pending
    .values()
    .filter(({ stage }) => stage === 'ready')
    .toArray();
  const next = ready.toSorted((a, b) => a.checkpointId - b.checkpointId)[0];
  if (next === undefined) return;
  draft.setPending({ ...next, stage: 'finalizing' });
  draft.command({ kind: 'finalize', checkpointId: next.checkpointId });
}

function finalizing(draft: CoordinatorDraft, checkpointId: CheckpointId): PendingView {
  const pending = draft.state.pending.get(checkpointId);
  assert(pending?.stage === 'finalizing', () => `Checkpoint ${checkpointId} is not being finalized`);
  return pending;
}
