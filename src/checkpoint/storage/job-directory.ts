/**
 * Opens a job's directory for a start: lock → facts → decision → `verify` → takeover entry → clean-up. What is decided stands in
 * protocol/resume.ts; this file reads the facts and carries the decision out.
 *
 * The takeover entry is appended on the facts that were decided on: if the log has changed meanwhile, all is read and decided
 * anew. From the entry on this process owns the job, and whoever owned it before is fenced.
 */
import { assert } from '../../base/assert.ts';
import type { Environment } from '../../base/environment.ts';
import { MillraceError } from '../../base/errors.ts';
import { fileErrorCode } from '../../base/files.ts';
import { checkpointId } from '../../base/ids.ts';
import type { CheckpointId, JobId } from '../../base/ids.ts';
import { settleWithin } from '../../base/settle-within.ts';
import { NO_MUTANTS } from '../../base/mutants.ts';
import type { Mutants } from '../../base/mutants.ts';
import { withFilesIn } from '../metadata/checkpoint-metadata.ts';
import type { CheckpointMetadata } from '../metadata/checkpoint-metadata.ts';
import { PointerLog } from '../pointer-log/pointer-log.ts';
import { CheckpointPaths } from '../protocol/checkpoint-paths.ts';
import { encodeIdentity } from '../protocol/job-identity.ts';
import type { JobIdentity } from '../protocol/job-identity.ts';
import { decideRestore, decideStart, startLine } from '../protocol/resume.ts';
import type { RestoreDecision, StartDecision, StartFailure } from '../protocol/resume.ts';
import type { RetentionState } from '../protocol/retention.ts';
import type { HeldLock, JobLocks } from '../job-locks.ts';
import { writeDurably } from './durable-file.ts';
import { FileCheckpointStorage } from './file-checkpoint-storage.ts';
import { readDirectoryFacts, readRestoreFacts } from './job-directory-facts.ts';
import type { DirectoryFacts, ForeignOrigin } from './job-directory-facts.ts';
import { clearAway } from './clear-away.ts';
import { lockJob, overtakenBy } from './job-lock.ts';
import type { JobLock } from './job-lock.ts';
import { storageFailure } from './storage-failure.ts';

const DECISION_ATTEMPTS_MAX = 20;
/** A place that does not answer by then, as a network file system that is gone, will not. */
const MAKE_DIRECTORIES_TIMEOUT_MS = 60_000;

export interface OpenJobOptions {
  readonly environment: Environment;
  readonly kind: 'filesystem' | 'jobmanager';
  /** Holds one directory for each job id. */
  readonly checkpointDirectory: string;
  readonly jobId: JobId;
  readonly identity: JobIdentity;
  readonly fresh: boolean;
  readonly takeover: boolean;
  readonly adopt: boolean;
  /** A chk-<n> directory or its `_metadata`: absolute, or the bare name of one of this job's. */
  readonly restoreFrom: string | undefined;
  readonly locks: JobLocks;
  /** Of this process, for those who find the job locked. */
  readonly host: string;
  readonly pid: number;
  readonly mutants?: Mutants;
  /**
   * Asked on each decision before it is carried out; what it throws ends the start while nothing has changed: the former run can
   * still be resumed, and a process that would be taken over goes on.
   */
  readonly verify?: (candidate: StartCandidate) => Promise<void>;
}

/** A start as it was decided, before it takes the job over. */
export interface StartCandidate {
  readonly restored: RestoredCheckpoint | undefined;
  readonly isNewRun: boolean;
  /** Undefined: a run of its own begins. */
  readonly runId: string | undefined;
}

export interface RestoredCheckpoint {
  /** Names the data files of another job directory by absolute path. */
  readonly metadata: CheckpointMetadata;
  /** True: it lies in another job directory, whose files are not ours to keep, so the first checkpoint must be a full one. */
  readonly isForeign: boolean;
  readonly committedBeyond: readonly string[];
}

export interface OpenedJob {
  readonly jobId: JobId;
  /** `<checkpoint dir>/<job id>` */
  readonly jobDirectory: string;
  /** Of this process. */
  readonly fencingEpoch: number;
  readonly runId: string;
  /** True unless a checkpoint of the same run is restored. */
  readonly isNewRun: boolean;
  readonly decision: StartDecision;
  readonly restored: RestoredCheckpoint | undefined;
  /** One line for the user: 'resuming chk-41 of ...' or 'new run of ...'. */
  readonly startLine: string;
  readonly storage: FileCheckpointStorage;
  /** What the coordinator starts with. */
  readonly retention: RetentionState;
  readonly nextCheckpointId: CheckpointId;
  /** Lets the next process in. Nothing may be written afterwards. */
  close(): void;
}

/**
 * Throws the error of the decision (JOB_ALREADY_RUNNING, JOB_NAME_TAKEN, CHECKPOINT_CORRUPT, CHECKPOINT_NOT_FOUND, ...), or
 * CHECKPOINT_STORAGE_FAILED when the directory cannot be used.
 */
export async function openJobDirectory(options: OpenJobOptions): Promise<OpenedJob> {
  const paths = CheckpointPaths.of(options.checkpointDirectory, options.jobId);
  let lock: JobLock | undefined;
  try {
    await makeDirectories(options.environment, paths);
    lock = await lockJob({ ...options, paths });
    return await new JobOpening(options, paths, lock).open();
  } catch (error) {
    const overtaken = await overtakenFailure(options, paths, lock, error);
    if (lock?.kind === 'acquired') lock.lock.release();
    throw overtaken ?? storageFailure('Opening', paths.jobDirectory, error);
  }
}

/** Whatever a start meets after another one has gone past it: the other one has moved on, and cleared away. */
async function overtakenFailure(
  options: OpenJobOptions,
  paths: CheckpointPaths,
  lock: JobLock | undefined,
  cause?: unknown,
): Promise<MillraceError | undefined> {
  if (lock?.kind !== 'acquired') return undefined;
  // Where even that cannot be told, the error itself has to do.
  const by = await overtakenBy({ ...options, paths }, lock.generation).catch(() => undefined);
  if (by === undefined) return undefined;
  const facts = {
    jobDirectory: paths.jobDirectory,
    lock: { kind: 'held', ...by },
    stored: undefined,
    entries: [],
  } as const;
  const decision = decideStart(facts, options);
  assert(decision.kind === 'fail', 'A start past a held lock is refused');
  return failure(decision, cause);
}

/** The first that a start asks of the place. */
async function makeDirectories(environment: Environment, paths: CheckpointPaths): Promise<void> {
  const makeAll = async (): Promise<void> => {
    for (const path of [paths.jobDirectory, paths.pointers, paths.shared, paths.taskOwned])
      await environment.files.makeDirectories(path);
  };
  await settleWithin(makeAll(), {
    environment,
    timeoutMs: MAKE_DIRECTORIES_TIMEOUT_MS,
    what: `Making the folders of '${paths.jobDirectory}'`,
    code: 'CHECKPOINT_STORAGE_FAILED',
  });
}

type Restore = RestoreDecision & { kind: 'restore' };

interface Resolved {
  readonly facts: DirectoryFacts;
  readonly decision: Exclude<StartDecision, StartFailure>;
  readonly restore: Restore | undefined;
  readonly origin: ForeignOrigin | undefined;
}

class JobOpening {
  readonly #options: OpenJobOptions;
  readonly #paths: CheckpointPaths;
  readonly #lock: JobLock;
  readonly #log: PointerLog;

  constructor(options: OpenJobOptions, paths: CheckpointPaths, lock: JobLock) {
    this.#options = options;
    this.#paths = paths;
    this.#lock = lock;
    const acceptStaleEpochs = (options.mutants ?? NO_MUTANTS).active.has('stale-epoch-accepted');
    this.#log = new PointerLog({ environment: options.environment, paths, acceptStaleEpochs });
  }

  async open(): Promise<OpenedJob> {
    for (let attempt = 0; attempt < DECISION_ATTEMPTS_MAX; attempt++) {
      const opened = await this.#tryOpen();
      if (opened !== undefined) return opened;
      const overtaken = await overtakenFailure(this.#options, this.#paths, this.#lock);
      if (overtaken !== undefined) throw overtaken;
    }
    throw new MillraceError(
      'JOB_ALREADY_RUNNING',
      `Opening '${this.#paths.jobDirectory}' failed: others keep taking the job over`,
    );
  }

  /** Undefined when another process was faster: what was decided may not hold any more. */
  async #tryOpen(): Promise<OpenedJob | undefined> {
    const resolved = await this.#resolve();
    if (resolved === undefined) return undefined;
    const candidate = candidateOf(resolved);
    await this.#options.verify?.(candidate);
    if (!(await this.#writeIdentity(resolved.facts))) return undefined;
    const runId = candidate.runId ?? this.#newRunId();
    const outcome = await this.#log.tryTakeOver(
      {
        kind: 'takeover',
        ...this.#process(),
        ...restoreFrom(resolved),
        nextCheckpointId: nextCheckpointId(resolved.facts),
      },
      runId,
      // Epochs are part of the names of output files, and the checkpoint may come from another directory.
      candidate.restored?.metadata.fencingEpoch,
    );
    if (outcome.kind === 'conflict') return undefined;
    return this.#opened(resolved, { ...candidate, runId }, outcome.entry.fencingEpoch);
  }

  /** Reads and decides; undefined when what was read had changed before all of it was. */
  async #resolve(): Promise<Resolved | undefined> {
    const { environment, identity } = this.#options;
    const facts = await readDirectoryFacts(environment, this.#paths, this.#log);
    const decision = decideStart(
      { jobDirectory: this.#paths.jobDirectory, lock: this.#lock, stored: facts.stored, entries: facts.entries },
      { ...this.#options, identity },
    );
    if (decision.kind === 'fail') throw failure(decision);
    if (decision.kind === 'new-run') return { facts, decision, restore: undefined, origin: undefined };
    const { restoreFacts, origin } = await readRestoreFacts(environment, this.#paths, facts, decision);
    const restore = decideRestore(decision, restoreFacts);
    if (restore.kind === 'restore') return { facts, decision, restore, origin };
    // A process that is to be taken over still works: it may have dropped the checkpoint for a newer one.
    if (await this.#hasChangedSince(facts)) return undefined;
    throw failure(restore);
  }

  async #hasChangedSince({ entries }: DirectoryFacts): Promise<boolean> {
    await this.#log.refresh();
    return this.#log.entries.at(-1)?.sequence !== entries.at(-1)?.sequence;
  }

  /**
   * Before the takeover entry: a directory with entries always says whose it is. False when another start has cleared our file
   * away, as one that was left behind: it has taken the job over since the log was read.
   */
  async #writeIdentity({ stored }: DirectoryFacts): Promise<boolean> {
    const { environment, identity } = this.#options;
    const bytes = encodeIdentity(identity, environment.strings);
    const former = stored === undefined ? undefined : encodeIdentity(stored, environment.strings);
    if (former !== undefined && isEqual(former, bytes)) return true;
    try {
      await writeDurably(environment.files, {
        path: this.#paths.identity,
        temporaryPath: this.#paths.identityTemporary(this.#options.pid),
        bytes,
      });
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return false;
      throw error;
    }
    return true;
  }

  async #opened(
    resolved: Resolved,
    { runId, isNewRun, restored }: StartCandidate & { readonly runId: string },
    fencingEpoch: number,
  ): Promise<OpenedJob> {
    const { environment, jobId, identity, kind } = this.#options;
    const { decision, restore, facts } = resolved;
    const cleared = await clearAway({
      environment,
      paths: this.#paths,
      log: this.#log,
      facts,
      restore,
      isForeign: resolved.origin !== undefined,
      runId,
      fencingEpoch,
    });
    const lock: HeldLock | undefined = this.#lock.kind === 'acquired' ? this.#lock.lock : undefined;
    assert(lock !== undefined, 'A job is opened without lock');
    return {
      jobId,
      jobDirectory: this.#paths.jobDirectory,
      fencingEpoch,
      runId,
      isNewRun,
      decision,
      restored,
      startLine: startLine(identity.jobName, decision, restore),
      storage: new FileCheckpointStorage({
        kind,
        environment,
        paths: this.#paths,
        log: this.#log,
        fencingEpoch,
        runId,
        retained: cleared.retained,
        archived: cleared.archived,
      }),
      retention: { retained: cleared.retained, droppedLast: [] },
      nextCheckpointId: nextCheckpointId(facts),
      close: () => lock.release(),
    };
  }

  #process(): { readonly host: string; readonly pid: number } {
    return { host: this.#options.host, pid: this.#options.pid };
  }

  /** 16 hex digits. */
  #newRunId(): string {
    const { random } = this.#options.environment;
    const half = (): string =>
      random
        .nextInt(2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return half() + half();
  }
}

function candidateOf(resolved: Resolved): StartCandidate {
  const { restore, decision, origin } = resolved;
  return {
    restored: restore === undefined ? undefined : restoredCheckpoint(resolved, restore),
    isNewRun: restore === undefined || origin !== undefined,
    runId: restore?.runId ?? runIdOf(decision),
  };
}

function restoredCheckpoint({ origin }: Resolved, { metadata, committedBeyond }: Restore): RestoredCheckpoint {
  const readable = origin === undefined ? metadata : withFilesIn(metadata, origin.jobDirectory);
  return { metadata: readable, isForeign: origin !== undefined, committedBeyond };
}

function runIdOf(decision: StartDecision): string | undefined {
  return decision.kind === 'fail' ? undefined : decision.runId;
}

/** Kept in the takeover entry until a checkpoint completes: a crash before that must not fall back to the latest checkpoint. */
function restoreFrom({ decision }: Resolved): { readonly restoreFrom?: string } {
  return decision.kind === 'restore' ? { restoreFrom: decision.directory } : {};
}

function nextCheckpointId({ highestCheckpointId }: DirectoryFacts): CheckpointId {
  return checkpointId(highestCheckpointId + 1);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function failure({ code, message }: StartFailure, cause?: unknown): MillraceError {
  return new MillraceError(code, message, cause === undefined ? {} : { cause });
}
