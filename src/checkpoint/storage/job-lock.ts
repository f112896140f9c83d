/**
 * The lock of a job directory. Lock files are numbered: a start takes the highest one; a takeover past a process that still holds
 * it makes the next. So after a takeover the new owner holds the lock that later starts look at, whatever the old one does.
 */
import type { Environment } from '../../base/environment.ts';
import { fileErrorCode } from '../../base/files.ts';
import type { HeldLock, JobLocks } from '../job-locks.ts';
import { parseLockName } from '../protocol/checkpoint-paths.ts';
import type { CheckpointPaths } from '../protocol/checkpoint-paths.ts';
import { decodeLockHolder, encodeLockHolder } from '../protocol/job-identity.ts';
import type { LockHolder } from '../protocol/job-identity.ts';
import { readIfPresent, removeIfPresent } from './durable-file.ts';

/** Each is lost to another process that starts at the same time. */
const GENERATION_ATTEMPTS_MAX = 20;

export interface JobLockOptions {
  readonly environment: Environment;
  readonly paths: CheckpointPaths;
  readonly locks: JobLocks;
  readonly host: string;
  readonly pid: number;
  /** Go past a process that holds the lock. */
  readonly takeover: boolean;
}

export type JobLock =
  | { readonly kind: 'acquired'; readonly lock: HeldLock; readonly generation: number }
  | { readonly kind: 'held'; readonly holder: LockHolder | undefined };

export async function lockJob(options: JobLockOptions): Promise<JobLock> {
  for (let attempt = 0; attempt < GENERATION_ATTEMPTS_MAX; attempt++) {
    const held = await tryGenerations(options);
    if (held === undefined) return { kind: 'held', holder: await readHolder(options) };
    // Somebody may have gone past this lock, and removed it, since it was looked for: then a later one is the one that counts.
    if ((await newestGeneration(options)) === held.generation) {
      await writeHolder(options);
      await removeOldLocks(options, held.generation);
      return { kind: 'acquired', ...held };
    }
    held.lock.release();
  }
  return { kind: 'held', holder: await readHolder(options) };
}

/** Whoever has gone past a lock of this generation; undefined when nobody has. */
export async function overtakenBy(
  options: JobLockOptions,
  generation: number,
): Promise<{ readonly holder: LockHolder | undefined } | undefined> {
  if ((await newestGeneration(options)) === generation) return undefined;
  return { holder: await readHolder(options) };
}

interface HeldGeneration {
  readonly lock: HeldLock;
  readonly generation: number;
}

/** undefined: another process holds the newest lock, and this one is not to go past it. */
async function tryGenerations(options: JobLockOptions): Promise<HeldGeneration | undefined> {
  const { locks, paths, takeover } = options;
  const newest = await newestGeneration(options);
  for (const generation of takeover ? [newest, newest + 1] : [newest]) {
    await makeLockFile(options, generation);
    const lock = locks.tryLock(paths.lock(generation));
    if (lock !== undefined) return { lock, generation };
  }
  return undefined;
}

async function newestGeneration(options: JobLockOptions): Promise<number> {
  return Math.max(1, ...(await lockGenerations(options)));
}

/** Only a file that is not there yet is opened: closing one would drop a lock that this process holds on it. */
async function makeLockFile({ environment, paths }: JobLockOptions, generation: number): Promise<void> {
  try {
    const handle = await environment.files.open(paths.lock(generation), 'create');
    await handle.close();
  } catch (error) {
    if (fileErrorCode(error) !== 'EEXIST') throw error;
  }
}

async function lockGenerations({ environment, paths }: JobLockOptions): Promise<readonly number[]> {
  const entries = await environment.files.list(paths.jobDirectory);
  return entries.map(({ name }) => parseLockName(name)).filter((generation) => generation !== undefined);
}

async function readHolder({ environment, paths }: JobLockOptions): Promise<LockHolder | undefined> {
  const bytes = await readIfPresent(environment.files, paths.running);
  return bytes === undefined ? undefined : decodeLockHolder(bytes, environment.strings);
}

/** Neither atomic nor durable: it is read only to word a message. */
async function writeHolder({ environment, paths, host, pid }: JobLockOptions): Promise<void> {
  const bytes = encodeLockHolder({ host, pid, sinceMs: environment.clock.nowMs() }, environment.strings);
  const handle = await environment.files.open(paths.running, 'write');
  try {
    await handle.truncate(0);
    await handle.write(bytes, 0);
  } finally {
    await handle.close();
  }
}

/** Whoever still holds one of them keeps holding a file without name. */
async function removeOldLocks(options: JobLockOptions, ownGeneration: number): Promise<void> {
  const { environment, paths } = options;
  for (const generation of await lockGenerations(options)) {
    if (generation < ownGeneration) await removeIfPresent(environment.files, paths.lock(generation));
  }
}
