/** Which failures the faults explain. Every other one is a finding: the job, or the engine, has done something wrong. */
import { MillraceError } from '../../base/errors.ts';

/** What had happened to a process, and around it, when it or one of its attempts failed. */
export interface Circumstances {
  /** No other process has taken the job over since this one did. */
  readonly isOwner: boolean;
  /** There were other processes: one may hold the lock. */
  readonly hadRivals: boolean;
  /** The process was stopped once: timeouts have passed meanwhile. */
  readonly wasStopped: boolean;
  /** The disk was slow, full or failing at some time. */
  readonly wasDiskTroubled: boolean;
}

/** Message of the error that a fault of kind 'subtask' throws begins with it. */
export const SIMULATED_FAILURE = 'Simulated failure';

export function isExplained(error: unknown, circumstances: Circumstances): boolean {
  if (!MillraceError.is(error)) return false;
  // It would say that it is fenced if it could look.
  if (!circumstances.isOwner && circumstances.wasDiskTroubled && error.domain === 'external') return true;
  switch (error.code) {
    case 'JOB_FENCED':
      return !circumstances.isOwner;
    case 'JOB_ALREADY_RUNNING':
      return circumstances.hadRivals;
    case 'TASK_THREAD_DIED':
      return true;
    case 'USER_FUNCTION_FAILED':
      return error.message.startsWith(SIMULATED_FAILURE);
    case 'CHECKPOINT_FAILURES_EXCEEDED':
    case 'FUNCTION_TIMEOUT':
      return circumstances.wasDiskTroubled || circumstances.wasStopped;
    case 'CHECKPOINT_STORAGE_FAILED':
    case 'OUTPUT_FAILED':
    case 'INPUT_UNREADABLE':
      return circumstances.wasDiskTroubled && error.recovery !== 'fail-job';
    default:
      return false;
  }
}
