/**
 * The job master as data: where a job is, what happens to it, what is to be done. The decisions stand in
 * job-master-transition.ts; job-master.ts carries them out.
 *
 *   created ──▶ running ──────────────▶ finishing ──▶ recording ──▶ ended
 *                │ │ ▲ ▲                                ▲
 *                │ │ │ └── restarting ◀──┐              │
 *                │ │ └───────────────── failing ───────────────────▶ ended   (no restart)
 *                │ └──▶ draining ──▶ suspending ───────────────────▶ ended
 *                └────▶ cancelling ─────────────────────┘
 *
 * Every phase but ended can be left for cancelling or suspending; a failure in running or draining leads to failing.
 *
 * Invariants
 *   1. There is at most one attempt: `deploy` is issued only while none is live, and an attempt is live until `attempt-ended`.
 *   2. Messages of an attempt that is not the live one change nothing.
 *   3. However many failures an attempt has, the restart strategy is asked once.
 */
import type { SubtaskStatus } from '../base/control-plane.ts';
import type { ErrorRecord } from '../base/errors.ts';
import { NO_PROGRESS } from './attempt-progress.ts';
import type { AttemptProgress } from './attempt-progress.ts';
import type { JobOutcome, JobStatus } from './job-status.ts';

export interface JobMasterState {
  readonly phase: JobPhase;
  readonly subtaskCount: number;
  readonly isCheckpointingEnabled: boolean;
  /** Number of the latest attempt, 0 before the first. */
  readonly attemptNumber: number;
  /** From `deploy` to `attempt-ended`. */
  readonly isAttemptLive: boolean;
  /** Of the latest attempt. */
  readonly progress: AttemptProgress;
  /** Attempts that were started because another one had failed. */
  readonly restarts: number;
}

export type JobPhase =
  | { readonly kind: 'created' }
  /** An attempt is being deployed or runs. */
  | { readonly kind: 'running' }
  /** An attempt failed: it is being ended, and the verdict says what comes after. */
  | { readonly kind: 'failing'; readonly failure: ErrorRecord; readonly verdict: Verdict }
  /** No attempt is live; the next one starts when the timer fires. */
  | { readonly kind: 'restarting'; readonly restartAtMs: number }
  /** To be suspended; a checkpoint that is under way gets a little time. The attempt may also come to its own end. */
  | { readonly kind: 'draining' }
  /** The attempt is being ended; nothing is written any more. */
  | { readonly kind: 'suspending' }
  | { readonly kind: 'cancelling' }
  /** All subtasks have finished, commits included; the attempt is being closed. */
  | { readonly kind: 'finishing' }
  /** No attempt is live; the run's last pointer entry is being appended. */
  | { readonly kind: 'recording'; readonly outcome: RecordedOutcome }
  | { readonly kind: 'ended'; readonly outcome: JobOutcome; readonly error: ErrorRecord | undefined };

/** 'pending': the restart strategy has been asked and has not answered. */
export type Verdict =
  | { readonly kind: 'pending' }
  | { readonly kind: 'restart'; readonly restartAtMs: number }
  | { readonly kind: 'fail'; readonly error: ErrorRecord };

/** Outcomes that end the run for good: the next start is a new one. */
export type RecordedOutcome = Extract<JobOutcome, 'FINISHED' | 'CANCELED'>;

export type JobMasterEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'suspend' }
  | {
      readonly kind: 'subtask-status';
      readonly attemptNumber: number;
      /** As subtaskKey() makes it. */
      readonly subtask: string;
      readonly status: SubtaskStatus;
    }
  /**
   * A subtask, a slot, an enumerator, the deployment or a checkpoint failed. Without an attempt: what failed does not belong to
   * one (the process lost the job).
   */
  | { readonly kind: 'failure'; readonly attemptNumber: number | undefined; readonly error: ErrorRecord }
  /** The strategy's answer to `ask-restart-strategy`. */
  | { readonly kind: 'restart-decided'; readonly delayMs: number | undefined; readonly strategy: string }
  /** The answer to `end-attempt`: everything of the attempt is closed. */
  | { readonly kind: 'attempt-ended'; readonly attemptNumber: number }
  /** The answer to `drain-checkpoints`: none is under way. */
  | { readonly kind: 'checkpoints-drained' }
  /** The answer to `arm-restart-timer`. */
  | { readonly kind: 'restart-due' }
  | { readonly kind: 'outcome-recorded' }
  | { readonly kind: 'outcome-not-recorded'; readonly error: ErrorRecord };

export type JobMasterCommand =
  /** Restore plan, enumerators, subtasks. A failure comes back as an event. */
  | { readonly kind: 'deploy'; readonly attemptNumber: number }
  /** Every subtask has opened. The checkpoint at the end of all input comes from the coordinator. */
  | { readonly kind: 'start-checkpointing' }
  /** No new checkpoint; `checkpoints-drained` when none is under way, after a short time at most. */
  | { readonly kind: 'drain-checkpoints' }
  /** No new checkpoint, and those under way are given up. */
  | { readonly kind: 'stop-checkpointing' }
  /** `attempt-ended` when all of it is closed, also one that is still being deployed. */
  | { readonly kind: 'end-attempt'; readonly attemptNumber: number }
  | { readonly kind: 'ask-restart-strategy' }
  | { readonly kind: 'arm-restart-timer'; readonly delayMs: number }
  | { readonly kind: 'disarm-restart-timer' }
  /** FINISHED or CANCELED entry of the pointer log. */
  | { readonly kind: 'record-outcome'; readonly outcome: RecordedOutcome }
  /** `restartInMs` undefined: the job fails with it. */
  | { readonly kind: 'report-failure'; readonly error: ErrorRecord; readonly restartInMs: number | undefined }
  /** One more failure of an attempt that was failing anyway, or that nobody waits for. */
  | { readonly kind: 'report-further-failure'; readonly error: ErrorRecord }
  | { readonly kind: 'settle'; readonly outcome: JobOutcome; readonly error: ErrorRecord | undefined };

export interface JobMasterTransition {
  readonly state: JobMasterState;
  readonly commands: readonly JobMasterCommand[];
}

export function initialJobMasterState(settings: {
  readonly subtaskCount: number;
  readonly isCheckpointingEnabled: boolean;
}): JobMasterState {
  return {
    phase: { kind: 'created' },
    subtaskCount: settings.subtaskCount,
    isCheckpointingEnabled: settings.isCheckpointingEnabled,
    attemptNumber: 0,
    isAttemptLive: false,
    progress: NO_PROGRESS,
    restarts: 0,
  };
}

/** Flink's word for it. */
export function jobStatusOf({ phase }: JobMasterState): JobStatus {
  switch (phase.kind) {
    case 'created':
      return 'CREATED';
    case 'running':
    case 'draining':
    case 'suspending':
    case 'finishing':
      return 'RUNNING';
    case 'failing':
      return phase.verdict.kind === 'restart' ? 'RESTARTING' : 'FAILING';
    case 'restarting':
      return 'RESTARTING';
    case 'cancelling':
      return 'CANCELLING';
    case 'recording':
      return phase.outcome === 'CANCELED' ? 'CANCELLING' : 'RUNNING';
    case 'ended':
      return phase.outcome;
  }
}
