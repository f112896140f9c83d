/**
 * The checkpoint coordinator as data: what it knows, what happens to it, what is to be done. The decisions stand in
 * coordinator-transition.ts; checkpoint-coordinator.ts carries them out and keeps the bytes.
 *
 * Life of one checkpoint:
 *
 *   (trigger) ─ place made ─▶ enumerators ─ snapshotted ─▶ waiting ─ all parts in ─▶ ready ─▶ finalizing ─▶ complete
 *       │                         │                          │                        │          │
 *       └─────────────────────────┴──── timeout, decline, ───┴──────── subsumed ──────┘          └─▶ failed
 *                                       failover, stop                                 (metadata or pointer entry)
 *
 * Invariants
 *   1. An id is completed or aborted, never both, and neither twice.
 *   2. At most one checkpoint is in its trigger phase, and at most one is finalizing.
 *   3. Ids complete in ascending order: when n completes, everything older is aborted as subsumed.
 *   4. Enumerators are snapshotted before any subtask is triggered.
 *   5. A checkpoint that is finalizing is left alone by timeouts, declines, stop and failover: its pointer entry may stand already.
 */
import type { SubtaskStatus } from '../../base/control-plane.ts';
import type { CheckpointId, SubtaskAddress } from '../../base/ids.ts';
import { NO_FAILURES } from '../protocol/failure-reasons.ts';
import type { CheckpointFailureReason, FailureCounter } from '../protocol/failure-reasons.ts';

export interface CoordinatorSettings {
  /** execution.checkpointing.interval; undefined: only on request. */
  readonly intervalMs: number | undefined;
  /** From the end of the last completed checkpoint to the next periodic one. */
  readonly minPauseMs: number;
  readonly timeoutMs: number;
  /** At least 1. */
  readonly maxConcurrent: number;
  /** Consecutive counted failures that are allowed; Infinity for any number. */
  readonly tolerableFailures: number;
}

/** How long a suspension waits for checkpoints that are under way. */
export const SUSPEND_TIMEOUT_MS = 2000;
/** Requests that may wait for a checkpoint. */
export const REQUESTS_MAX = 1000;

/** 'created': not running yet. */
export type KnownStatus = SubtaskStatus | 'created';

export interface SubtaskView {
  readonly address: SubtaskAddress;
  /** Barriers start at sources. */
  readonly isSource: boolean;
  readonly status: KnownStatus;
}

/** A checkpoint whose place is being made; it has no id yet. */
export interface TriggerPhase {
  /** Tells its answer from that of an earlier one that was given up. */
  readonly token: number;
  readonly candidate: number;
  /** Requests that it answers. */
  readonly requestIds: readonly number[];
  readonly startedAtMs: number;
}

export interface PendingView {
  readonly checkpointId: CheckpointId;
  readonly requestIds: readonly number[];
  readonly startedAtMs: number;
  readonly stage: 'enumerators' | 'waiting' | 'ready' | 'finalizing';
  /** Keys of subtasks whose part is missing. */
  readonly awaiting: ReadonlySet<string>;
  /** Keys of subtasks that were told to start it. */
  readonly triggered: ReadonlySet<string>;
  /** It began after every subtask had used up its input: all can finish once it is complete. */
  readonly isFinal: boolean;
  /** A part has arrived of a subtask that had not used up its input. */
  readonly hasUnfinishedPart: boolean;
}

export interface CoordinatorState {
  readonly settings: CoordinatorSettings;
  /** 'stopped' also before the start. 'suspending': nothing new begins. */
  readonly phase: 'stopped' | 'running' | 'suspending';
  readonly subtasks: ReadonlyMap<string, SubtaskView>;
  /** The next planned trigger; undefined without interval or when not running. */
  readonly nextPeriodicAtMs: number | undefined;
  /** A periodic checkpoint is due and waits for room. */
  readonly isPeriodicDue: boolean;
  /** All input is used up and no checkpoint that began since is under way. */
  readonly isFinalDue: boolean;
  /** A checkpoint that holds the end of every subtask is complete: no further one is needed in this attempt. */
  readonly isEndCovered: boolean;
  /** Requests that no checkpoint answers yet. */
  readonly waitingRequests: readonly number[];
  readonly trigger: TriggerPhase | undefined;
  readonly lastToken: number;
  readonly pending: ReadonlyMap<CheckpointId, PendingView>;
  readonly nextCheckpointId: number;
  readonly lastCompletedAtMs: number | undefined;
  readonly failures: FailureCounter;
  readonly suspendDeadlineMs: number | undefined;
}

export type CoordinatorEvent =
  /** All subtasks of an attempt. `firstDelayRatio` in [0, 1) is drawn at random. */
  | { readonly kind: 'start'; readonly subtasks: readonly SubtaskView[]; readonly firstDelayRatio: number }
  | { readonly kind: 'timer' }
  | { readonly kind: 'request'; readonly requestId: number }
  | { readonly kind: 'subtask-status'; readonly subtask: string; readonly status: SubtaskStatus }
  | { readonly kind: 'location-made'; readonly token: number; readonly checkpointId: CheckpointId }
  | { readonly kind: 'location-failed'; readonly token: number }
  | { readonly kind: 'enumerators-snapshotted'; readonly checkpointId: CheckpointId }
  | { readonly kind: 'enumerators-failed'; readonly checkpointId: CheckpointId }
  /** `isFinished`: the subtask had used up its input. */
  | {
      readonly kind: 'acknowledged';
      readonly checkpointId: CheckpointId;
      readonly subtask: string;
      readonly isFinished: boolean;
    }
  | { readonly kind: 'declined'; readonly checkpointId: CheckpointId; readonly reason: CheckpointFailureReason }
  | { readonly kind: 'finalized'; readonly checkpointId: CheckpointId }
  | { readonly kind: 'finalize-failed'; readonly checkpointId: CheckpointId }
  /** Another process owns the job, or nobody knows whether the pointer entry stands. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'stop'; readonly reason: StopReason };

export type StopReason = 'failover' | 'coordinator-shutdown' | 'coordinator-suspend';

export type CoordinatorCommand =
  | { readonly kind: 'make-location'; readonly token: number; readonly candidate: CheckpointId }
  /** A place that came too late. */
  | { readonly kind: 'discard-location'; readonly checkpointId: CheckpointId }
  | { readonly kind: 'snapshot-enumerators'; readonly checkpointId: CheckpointId }
  | { readonly kind: 'trigger'; readonly checkpointId: CheckpointId; readonly subtasks: readonly SubtaskAddress[] }
  | { readonly kind: 'finalize'; readonly checkpointId: CheckpointId }
  /** Tell the subtasks, drop the files. */
  | { readonly kind: 'abort'; readonly checkpointId: CheckpointId; readonly reason: CheckpointFailureReason }
  /** Tell the subtasks: sinks commit. */
  | { readonly kind: 'complete'; readonly checkpointId: CheckpointId }
  | { readonly kind: 'answer'; readonly requestIds: readonly number[]; readonly answer: RequestAnswer }
  /** One failure more than tolerated: the job has to fail. */
  | { readonly kind: 'fail-job'; readonly reason: CheckpointFailureReason; readonly checkpointId: number }
  /** The suspension is over: nothing is under way. */
  | { readonly kind: 'suspended' };

export type RequestAnswer =
  | { readonly kind: 'completed'; readonly checkpointId: CheckpointId }
  | { readonly kind: 'failed'; readonly reason: CheckpointFailureReason };

export interface CoordinatorTransition {
  readonly state: CoordinatorState;
  readonly commands: readonly CoordinatorCommand[];
}

export function initialCoordinatorState(
  settings: CoordinatorSettings,
  nextCheckpointId: CheckpointId,
): CoordinatorState {
  return {
    settings,
    phase: 'stopped',
    subtasks: new Map(),
    nextPeriodicAtMs: undefined,
    isPeriodicDue: false,
    isFinalDue: false,
    isEndCovered: false,
    waitingRequests: [],
    trigger: undefined,
    lastToken: 0,
    pending: new Map(),
    nextCheckpointId,
    lastCompletedAtMs: undefined,
    failures: NO_FAILURES,
    suspendDeadlineMs: undefined,
  };
}

/** When the event 'timer' is due next; undefined: never. */
export function nextTimerAtMs(state: CoordinatorState): number | undefined {
  const { settings, trigger } = state;
  const times = state.pending
    .values()
    .filter(({ stage }) => stage !== 'finalizing')
    .map(({ startedAtMs }) => startedAtMs + settings.timeoutMs)
    .toArray();
  if (trigger !== undefined) times.push(trigger.startedAtMs + settings.timeoutMs);
  if (state.nextPeriodicAtMs !== undefined) times.push(state.nextPeriodicAtMs);
  if (state.suspendDeadlineMs !== undefined) times.push(state.suspendDeadlineMs);
  return times.length === 0 ? undefined : Math.min(...times);
}

export function isFinalizing(state: CoordinatorState): boolean {
  return state.pending.values().some(({ stage }) => stage === 'finalizing');
}
