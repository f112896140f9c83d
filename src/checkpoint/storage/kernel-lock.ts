/**
 * Kernel locks by SQLite: an exclusive transaction holds a POSIX record lock on the file, which the kernel drops when the process
 * is gone. SQLite also keeps two connections of one process apart, which plain record locks do not.
 *
 * POSIX drops all of a process's record locks on a file when the process closes any descriptor of it, so nothing in this process
 * may open the lock file by other means.
 */
import { DatabaseSync } from 'node:sqlite';
import { MillraceError, messageOf } from '../../base/errors.ts';
import type { HeldLock, JobLocks } from '../job-locks.ts';

/** SQLITE_BUSY: somebody else holds the lock. */
const BUSY = 5;

export const kernelLocks: JobLocks = { tryLock };

function tryLock(path: string): HeldLock | undefined {
  const database = open(path);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw failure(path, error);
  }
  let isHeld = true;
  return {
    release: () => {
      if (isHeld) database.close();
      isHeld = false;
    },
  };
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw failure(path, error);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === BUSY;
}

function failure(path: string, error: unknown): MillraceError {
  return new MillraceError('CHECKPOINT_STORAGE_FAILED', `Locking '${path}' failed: ${messageOf(error)}`, {
    cause: error,
  });
}
