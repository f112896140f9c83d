/**
 * What the job master does about failures. The restart strategy is asked for the first failure of an attempt alone: the others
 * are its consequences. Only an error after which no restart may follow changes a verdict that stands.
 */
import type { ErrorRecord } from '../base/errors.ts';
import type { JobMasterCommand, JobMasterState, JobMasterTransition, JobPhase, Verdict } from './job-master-state.ts';
import {
  end,
  endAttempt,
  go,
  inPhase,
  isOfLiveAttempt,
  redeploy,
  stay,
  withCommands,
  withCommandsFirst,
} from './job-master-steps.ts';

export function onFailure(
  state: JobMasterState,
  error: ErrorRecord,
  attemptNumber: number | undefined,
): JobMasterTransition {
  if (attemptNumber !== undefined && !isOfLiveAttempt(state, attemptNumber)) return stay(state);
  const further = (next: JobMasterState): JobMasterTransition => go(next, { kind: 'report-further-failure', error });
  switch (state.phase.kind) {
    case 'running':
      return fail(state, error);
    case 'draining':
      // Suspending goes on: what failed is met again when the job resumes. Only the loss of the job is another matter.
      if (mustEndProcess(error)) return fail(state, error);
      return withCommands(endAttempt(state, { kind: 'suspending' }), { kind: 'report-further-failure', error });
    case 'failing':
      return isWorse(error, state.phase.failure) ? fail(state, error) : further(state);
    case 'suspending':
    case 'cancelling':
    case 'restarting':
      return mustEndProcess(error) ? fail(state, error) : further(state);
    case 'created':
    case 'finishing':
    case 'recording':
      // All is committed, or nothing is begun. Whether the job is still this process's shows when the outcome is recorded.
      return further(state);
    case 'ended':
      return stay(state);
  }
}

function mustEndProcess(error: ErrorRecord): boolean {
  return error.recovery === 'fail-process';
}

const SEVERITY = { restart: 0, 'fail-job': 1, 'fail-process': 2 };

function isWorse(error: ErrorRecord, than: ErrorRecord): boolean {
  return SEVERITY[error.recovery ?? 'restart'] > SEVERITY[than.recovery ?? 'restart'];
}

/** A first failure of the live attempt, or one that makes things worse. */
function fail(state: JobMasterState, failure: ErrorRecord): JobMasterTransition {
  const isFinal = failure.recovery === 'fail-job' || failure.recovery === 'fail-process';
  const verdict: Verdict = isFinal ? { kind: 'fail', error: failure } : { kind: 'pending' };
  const answer: JobMasterCommand = isFinal
    ? { kind: 'report-failure', error: failure, restartInMs: undefined }
    : { kind: 'ask-restart-strategy' };
  const phase: JobPhase = { kind: 'failing', failure, verdict };
  if (state.phase.kind === 'running' || state.phase.kind === 'draining') {
    return withCommands(endAttempt(state, phase), answer);
  }
  const next = inPhase(state, phase);
  if (state.isAttemptLive || !isFinal) return go(next, answer);
  const disarm: readonly JobMasterCommand[] =
    state.phase.kind === 'restarting' ? [{ kind: 'disarm-restart-timer' }] : [];
  return end(next, 'FAILED', failure, ...disarm, answer);
}

export function onRestartDecided(
  state: JobMasterState,
  { delayMs, strategy }: { readonly delayMs: number | undefined; readonly strategy: string },
  nowMs: number,
): JobMasterTransition {
  const { phase } = state;
  if (phase.kind !== 'failing' || phase.verdict.kind !== 'pending') return stay(state);
  const verdict: Verdict =
    delayMs === undefined
      ? { kind: 'fail', error: finalError(state, phase.failure, strategy) }
      : { kind: 'restart', restartAtMs: nowMs + delayMs };
  const error = verdict.kind === 'fail' ? verdict.error : phase.failure;
  const next = inPhase(state, { ...phase, verdict });
  const report: JobMasterCommand = { kind: 'report-failure', error, restartInMs: delayMs };
  return state.isAttemptLive ? go(next, report) : withCommandsFirst(report, afterFailure(next, verdict, nowMs));
}

/** A job that was never restarted fails with its own error: nothing was held back that it could have counted on. */
function finalError({ restarts }: JobMasterState, cause: ErrorRecord, strategy: string): ErrorRecord {
  if (restarts === 0) return cause;
  return {
    name: 'MillraceError',
    message: `Running the job failed: recovery is suppressed by restart strategy ${strategy}`,
    code: 'RESTART_SUPPRESSED',
    recovery: 'fail-job',
    ...(cause.context === undefined ? {} : { context: cause.context }),
    cause,
  };
}

/** The failed attempt is closed: what the verdict says, or wait for it. */
export function afterFailure(state: JobMasterState, verdict: Verdict, nowMs: number): JobMasterTransition {
  switch (verdict.kind) {
    case 'pending':
      return stay(state);
    case 'fail':
      return end(state, 'FAILED', verdict.error);
    case 'restart': {
      const delayMs = verdict.restartAtMs - nowMs;
      if (delayMs <= 0) return redeploy(state);
      return go(inPhase(state, { kind: 'restarting', restartAtMs: verdict.restartAtMs }), {
        kind: 'arm-restart-timer',
        delayMs,
      });
    }
  }
}

export function onOutcomeNotRecorded(state: JobMasterState, error: ErrorRecord): JobMasterTransition {
  if (state.phase.kind !== 'recording') return stay(state);
  if (state.phase.outcome === 'FINISHED') return fail(state, error);
  return end(state, 'FAILED', error, { kind: 'report-failure', error, restartInMs: undefined });
}
