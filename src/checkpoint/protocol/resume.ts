/**
 * Which run is this? Facts are read at the edge (storage/job-directory.ts), decided here, and carried out there.
 *
 *   lock held by another process     → JOB_ALREADY_RUNNING (--takeover goes past it with a lock of its own, see job-lock.ts)
 *   directory of another module      → JOB_NAME_TAKEN, unless --adopt
 *   --restore-from                   → that checkpoint
 *   --fresh                          → new run
 *   log is empty                     → new run
 *   FINISHED, CANCELED (or drained)  → new run
 *   crash, SIGTERM, FAILED           → resume the latest checkpoint of the run; without one, begin the run anew
 *
 * A checkpoint that does not verify stops the start. Falling back to an older one would repeat output that sinks have committed,
 * and must be asked for by --restore-from.
 */
import type { ErrorCode } from '../../base/error-catalogue.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { CheckpointMetadata } from '../metadata/checkpoint-metadata.ts';
import type { PointerEntry } from '../pointer-log/pointer-entry.ts';
import { currentRun } from '../pointer-log/pointer-log-state.ts';
import { checkpointDirectoryName, lastName, METADATA_FILE, parentPath } from './checkpoint-paths.ts';
import { describeModule, isSameModule } from './job-identity.ts';
import type { JobIdentity, LockHolder } from './job-identity.ts';

export type LockState =
  | { readonly kind: 'acquired' }
  | { readonly kind: 'held'; readonly holder: LockHolder | undefined };

export interface StartFacts {
  readonly jobDirectory: string;
  readonly lock: LockState;
  /** What the directory says; undefined when it is new. */
  readonly stored: JobIdentity | undefined;
  readonly entries: readonly PointerEntry[];
}

export interface StartRequest {
  readonly identity: JobIdentity;
  readonly fresh: boolean;
  readonly adopt: boolean;
  /** A directory chk-<n>, or its `_metadata`: absolute, or the bare name 'chk-<n>' for one of this job. */
  readonly restoreFrom: string | undefined;
}

export type NewRunReason = 'first-start' | 'fresh' | 'finished' | 'canceled' | 'no-checkpoint-yet';

export type StartDecision =
  /** `runId`: of the run that goes on without a checkpoint; undefined: a new one. */
  | { readonly kind: 'new-run'; readonly reason: NewRunReason; readonly runId: string | undefined }
  | { readonly kind: 'resume'; readonly runId: string; readonly checkpointId: CheckpointId }
  /**
   * `directory`: of the checkpoint, relative to the job directory when it is one of its own. `isRequested`: by this start; else
   * by an earlier one that has not completed a checkpoint since.
   */
  | {
      readonly kind: 'restore';
      readonly directory: string;
      readonly isRequested: boolean;
      readonly runId: string | undefined;
    }
  | StartFailure;

export interface StartFailure {
  readonly kind: 'fail';
  readonly code: ErrorCode;
  readonly message: string;
}

export function decideStart(facts: StartFacts, request: StartRequest): StartDecision {
  const refusal = refuse(facts, request);
  if (refusal !== undefined) return refusal;
  if (request.restoreFrom !== undefined) {
    const directory = relativeToJob(request.restoreFrom, facts.jobDirectory);
    return { kind: 'restore', directory, isRequested: true, runId: undefined };
  }
  if (request.fresh) return { kind: 'new-run', reason: 'fresh', runId: undefined };
  const run = currentRun(facts.entries);
  switch (run.kind) {
    case 'none':
      return { kind: 'new-run', reason: 'first-start', runId: undefined };
    case 'ended':
      return { kind: 'new-run', reason: run.how, runId: undefined };
    case 'open':
      return resumeOpenRun(run);
  }
}

function resumeOpenRun({ runId, restorePoint }: ReturnType<typeof currentRun> & { kind: 'open' }): StartDecision {
  switch (restorePoint?.kind) {
    case undefined:
      return { kind: 'new-run', reason: 'no-checkpoint-yet', runId };
    case 'checkpoint':
      return { kind: 'resume', runId, checkpointId: restorePoint.checkpointId };
    case 'path':
      return { kind: 'restore', directory: restorePoint.directory, isRequested: false, runId };
  }
}

function refuse({ lock, stored, jobDirectory }: StartFacts, request: StartRequest): StartFailure | undefined {
  const { identity } = request;
  if (request.fresh && request.restoreFrom !== undefined) {
    return fail(
      'CONFIG_INVALID',
      `Starting job '${identity.jobName}' failed: --fresh and --restore-from exclude each other`,
    );
  }
  if (lock.kind === 'held') {
    return fail(
      'JOB_ALREADY_RUNNING',
      `Starting job '${identity.jobName}' failed: ${describeHolder(lock.holder)} runs it in '${jobDirectory}'`,
    );
  }
  if (stored !== undefined && !isSameModule(stored, identity) && !request.adopt) {
    return fail(
      'JOB_NAME_TAKEN',
      `Starting job '${identity.jobName}' failed: '${jobDirectory}' belongs to ${describeModule(stored)}, not to ${describeModule(identity)}`,
    );
  }
  return undefined;
}

export interface RestoreFacts {
  /** What was read in the directory that the decision names. */
  readonly metadata: MetadataFact;
  /** True when the checkpoint lies in another job directory. */
  readonly isForeign: boolean;
  /** The latest completed checkpoint of the same run, where it can be read; for what sinks have committed beyond. */
  readonly latest: CheckpointMetadata | undefined;
  readonly latestId: CheckpointId | undefined;
}

export type MetadataFact =
  | { readonly kind: 'read'; readonly metadata: CheckpointMetadata }
  | { readonly kind: 'missing'; readonly path: string }
  /** `code`: CHECKPOINT_CORRUPT or CHECKPOINT_VERSION_UNSUPPORTED. */
  | { readonly kind: 'unreadable'; readonly code: ErrorCode; readonly message: string };

export type RestoreDecision =
  | {
      readonly kind: 'restore';
      readonly metadata: CheckpointMetadata;
      /** undefined: a run of its own begins. */
      readonly runId: string | undefined;
      /** Exactly-once sinks that have committed output of later checkpoints, which will come again. */
      readonly committedBeyond: readonly string[];
    }
  | StartFailure;

/** The second step: the checkpoint that `decideStart` named has been read. */
export function decideRestore(
  decision: StartDecision & { kind: 'resume' | 'restore' },
  facts: RestoreFacts,
): RestoreDecision {
  const { metadata } = facts;
  if (metadata.kind === 'missing') return missing(decision, metadata.path);
  if (metadata.kind === 'unreadable') return fail(metadata.code, `${metadata.message}${fallBackHint(decision)}`);
  const restored = metadata.metadata;
  if (decision.kind === 'resume')
    return { kind: 'restore', metadata: restored, runId: decision.runId, committedBeyond: [] };
  return {
    kind: 'restore',
    metadata: restored,
    // A copy in another place is another run: both would use the same names for their output.
    runId: decision.runId ?? (facts.isForeign ? undefined : restored.runId),
    committedBeyond: facts.isForeign ? [] : sinksBeyond(restored, facts),
  };
}

function missing(decision: StartDecision & { kind: 'resume' | 'restore' }, path: string): StartFailure {
  const isAskedFor = decision.kind === 'restore' && decision.isRequested;
  return isAskedFor
    ? fail('CHECKPOINT_NOT_FOUND', `Restoring from '${decision.directory}' failed: there is no '${path}'`)
    : fail(
        'CHECKPOINT_CORRUPT',
        `Resuming failed: '${path}' is missing, byte 0, and the pointer log names it${fallBackHint(decision)}`,
      );
}

function fallBackHint(decision: StartDecision): string {
  if (decision.kind !== 'resume') return '';
  return `; an older checkpoint is only taken by --restore-from, because sinks have committed up to ${checkpointDirectoryName(decision.checkpointId)}`;
}

function sinksBeyond(restored: CheckpointMetadata, { latest, latestId }: RestoreFacts): readonly string[] {
  if (latestId === undefined || latestId <= restored.checkpointId) return [];
  return (latest ?? restored).operators.flatMap(({ name, sink }) => {
    if (sink?.guarantee !== 'exactly-once') return [];
    return [sink.identity.length === 0 ? name : `${name} (${sink.identity.join(', ')})`];
  });
}

/** Printed at the start, so that nobody has to guess. */
export function startLine(
  jobName: string,
  decision: StartDecision,
  restore: (RestoreDecision & { kind: 'restore' }) | undefined,
): string {
  if (restore === undefined) return `new run of '${jobName}'${newRunNote(decision)}`;
  const name = `${checkpointDirectoryName(restore.metadata.checkpointId)} of '${restore.metadata.jobName}'`;
  if (decision.kind === 'resume') return `resuming ${name}`;
  const place = decision.kind === 'restore' && decision.directory.includes('/') ? ` at '${decision.directory}'` : '';
  const beyond =
    restore.committedBeyond.length === 0
      ? ''
      : `; these sinks have committed beyond it and will repeat output: ${restore.committedBeyond.join('; ')}`;
  return `restoring ${name}${place}${beyond}`;
}

function newRunNote(decision: StartDecision): string {
  if (decision.kind !== 'new-run') return '';
  switch (decision.reason) {
    case 'first-start':
      return '';
    case 'fresh':
      return ' (--fresh)';
    case 'finished':
      return ' (the last one has finished)';
    case 'canceled':
      return ' (the last one was canceled)';
    case 'no-checkpoint-yet':
      return ' (the last start completed no checkpoint)';
  }
}

/** 'chk-<n>' for a checkpoint of this job, else the path of its directory. */
export function relativeToJob(path: string, jobDirectory: string): string {
  const trimmed = path.replace(/\/+$/, '');
  const directory = lastName(trimmed) === METADATA_FILE ? parentPath(trimmed) : trimmed;
  return parentPath(directory) === jobDirectory ? lastName(directory) : directory;
}

function describeHolder(holder: LockHolder | undefined): string {
  if (holder === undefined) return 'another process';
  return `process ${holder.pid} on '${holder.host}' (since ${new Date(holder.sinceMs).toISOString()})`;
}

function fail(code: ErrorCode, message: string): StartFailure {
  return { kind: 'fail', code, message };
}
