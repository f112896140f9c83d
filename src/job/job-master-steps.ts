/** The steps that transitions of the job master are made of. */
import { assert } from '../base/assert.ts';
import type { ErrorRecord } from '../base/errors.ts';
import { NO_PROGRESS } from './attempt-progress.ts';
import type {
  JobMasterCommand,
  JobMasterState,
  JobMasterTransition,
  JobPhase,
  RecordedOutcome,
} from './job-master-state.ts';
import type { JobOutcome } from './job-status.ts';

export function isOfLiveAttempt(state: JobMasterState, attemptNumber: number): boolean {
  return state.isAttemptLive && state.attemptNumber === attemptNumber;
}

export function deploy(state: JobMasterState): JobMasterTransition {
  assert(!state.isAttemptLive, () => `Attempt ${state.attemptNumber} is live while the next one is deployed`);
  const attemptNumber = state.attemptNumber + 1;
  return go(
    { ...state, phase: { kind: 'running' }, attemptNumber, isAttemptLive: true, progress: NO_PROGRESS },
    { kind: 'deploy', attemptNumber },
  );
}

export function redeploy(state: JobMasterState): JobMasterTransition {
  return deploy({ ...state, restarts: state.restarts + 1 });
}

/** From running or draining to a phase in which the attempt is being ended. */
export function endAttempt(state: JobMasterState, phase: JobPhase): JobMasterTransition {
  assert(state.isAttemptLive, () => `No attempt is live in phase '${state.phase.kind}'`);
  const commands: JobMasterCommand[] = [];
  if (state.progress.isCheckpointing) commands.push({ kind: 'stop-checkpointing' });
  commands.push({ kind: 'end-attempt', attemptNumber: state.attemptNumber });
  return go(inPhase(state, phase), ...commands);
}

export function record(
  state: JobMasterState,
  outcome: RecordedOutcome,
  ...before: readonly JobMasterCommand[]
): JobMasterTransition {
  return go(inPhase(state, { kind: 'recording', outcome }), ...before, { kind: 'record-outcome', outcome });
}

export function end(
  state: JobMasterState,
  outcome: JobOutcome,
  error: ErrorRecord | undefined,
  ...before: readonly JobMasterCommand[]
): JobMasterTransition {
  assert(!state.isAttemptLive, () => `Job ended as ${outcome} while attempt ${state.attemptNumber} is live`);
  return go(inPhase(state, { kind: 'ended', outcome, error }), ...before, { kind: 'settle', outcome, error });
}

export function inPhase(state: JobMasterState, phase: JobPhase): JobMasterState {
  return { ...state, phase };
}

export function stay(state: JobMasterState): JobMasterTransition {
  return { state, commands: [] };
}

export function go(state: JobMasterState, ...commands: readonly JobMasterCommand[]): JobMasterTransition {
  return { state, commands };
}

export function withCommands(
  { state, commands }: JobMasterTransition,
  ...more: readonly JobMasterCommand[]
): JobMasterTransition {
  return { state, commands: [...commands, ...more] };
}

export function withCommandsFirst(
  first: JobMasterCommand,
  { state, commands }: JobMasterTransition,
): JobMasterTransition {
  return { state, commands: [first, ...commands] };
}
