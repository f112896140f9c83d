/**
 * Who is alive on a checkpoint directory. A lock belongs to a process: it is held while that process lives, stopped or not, and
 * gone the moment it has died, however it died. The simulator brings locks of its own, held by simulated processes.
 *
 * A lock only keeps two processes from starting on one job by mistake. What they may commit is decided by the pointer log.
 */
export interface HeldLock {
  release(): void;
}

export interface JobLocks {
  /** undefined when another process (or this one) holds it. `path` exists and is nobody else's to open. */
  tryLock(path: string): HeldLock | undefined;
}

/** For storage that only this process can see. */
export const NO_LOCKS: JobLocks = { tryLock: () => ({ release: () => {} }) };
