/** The I/O of completing a checkpoint, once all its parts are in: metadata, then pointer entry. */
import { MillraceError } from '../../base/errors.ts';
import type { CheckpointId } from '../../base/ids.ts';
import { NO_MUTANTS } from '../../base/mutants.ts';
import type { Mutants } from '../../base/mutants.ts';
import type { PublishOutcome, StoredMetadata } from '../checkpoint-storage.ts';
import { referencedFiles } from '../metadata/checkpoint-metadata.ts';
import type { CheckpointMetadata } from '../metadata/checkpoint-metadata.ts';
import { lastName, parseDataFileName } from '../protocol/checkpoint-paths.ts';
import { unknownReferences } from '../protocol/retention.ts';
import type { RetentionState } from '../protocol/retention.ts';
import type { CheckpointCoordinatorOptions } from './coordinator-options.ts';
import type { PendingCheckpoint } from './pending-checkpoint.ts';

export interface FinalizedCheckpoint {
  readonly metadata: CheckpointMetadata;
  readonly stored: StoredMetadata;
  /** Epoch of the pointer entry. */
  readonly fencingEpoch: number;
}

export type FinalizeOutcome =
  | { readonly kind: 'finalized'; readonly checkpoint: FinalizedCheckpoint }
  /** The pointer entry does not stand: the checkpoint never existed. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Another process owns the job, or nobody knows whether the entry stands: nothing may be touched any more. */
  | { readonly kind: 'lost'; readonly error: MillraceError };

type FinalizerOptions = Pick<CheckpointCoordinatorOptions, 'storage' | 'job' | 'targets' | 'mutants'>;

export class CheckpointFinalizer {
  readonly #options: FinalizerOptions;
  readonly #mutants: Mutants;

  constructor(options: FinalizerOptions) {
    this.#options = options;
    this.#mutants = options.mutants ?? NO_MUTANTS;
  }

  async finalize(pending: PendingCheckpoint, retention: RetentionState): Promise<FinalizeOutcome> {
    const { storage, job } = this.#options;
    try {
      const metadata = pending.toMetadata(job, storage.fencingEpoch);
      this.#checkReferences(metadata, retention);
      this.#commitEarly(pending.checkpointId);
      const { outcome, stored } = await this.#store(metadata);
      if (outcome.kind === 'fenced') return { kind: 'lost', error: fencedError(this.#options, outcome.byEpoch) };
      return { kind: 'finalized', checkpoint: { metadata, stored, fencingEpoch: outcome.fencingEpoch } };
    } catch (error) {
      // An assertion of ours, or a pointer entry of unknown outcome.
      const isLost = MillraceError.is(error) && error.recovery === 'fail-process';
      return isLost ? { kind: 'lost', error } : { kind: 'failed', error };
    }
  }

  /** The metadata is durable before the entry that names it: an entry never points at nothing. */
  async #store(
    metadata: CheckpointMetadata,
  ): Promise<{ readonly outcome: PublishOutcome; readonly stored: StoredMetadata }> {
    const { storage } = this.#options;
    if (this.#mutants.active.has('pointer-before-metadata')) {
      const outcome = await storage.publish(metadata.checkpointId);
      return { outcome, stored: await storage.writeMetadata(metadata) };
    }
    const stored = await storage.writeMetadata(metadata);
    return { stored, outcome: await storage.publish(metadata.checkpointId) };
  }

  /** Retention rule 3: a checkpoint that needs a file that may be gone, or may go, is not completed. */
  #checkReferences(metadata: CheckpointMetadata, retention: RetentionState): void {
    const { fencingEpoch } = this.#options.storage;
    const isOwnFile = (file: string): boolean => {
      const owner = parseDataFileName(lastName(file));
      return (
        owner?.checkpointId === metadata.checkpointId && owner.fencingEpoch === fencingEpoch && !file.startsWith('/')
      );
    };
    const unknown = unknownReferences(retention, referencedFiles(metadata), isOwnFile);
    if (unknown.length === 0) return;
    throw new MillraceError(
      'CHECKPOINT_STORAGE_FAILED',
      `Completing checkpoint ${metadata.checkpointId} failed: it refers to files that are not kept: ${unknown.slice(0, 3).join(', ')}`,
    );
  }

  /** Mutant 'early-commit': sinks commit although nothing is durable yet. */
  #commitEarly(checkpointId: CheckpointId): void {
    if (!this.#mutants.active.has('early-commit')) return;
    const { targets, storage } = this.#options;
    targets.completed({ kind: 'checkpoint-completed', checkpointId, fencingEpoch: storage.fencingEpoch });
  }
}

/** For the process that finds out that it does not own the job any more. */
export function fencedError(
  { storage, job }: Pick<CheckpointCoordinatorOptions, 'storage' | 'job'>,
  byEpoch: number | undefined,
): MillraceError {
  return new MillraceError(
    'JOB_FENCED',
    `Going on with job '${job.jobName}' failed: epoch ${byEpoch ?? 'of another process'} owns it, this process has epoch ${storage.fencingEpoch}`,
    { context: { jobId: job.jobId, jobName: job.jobName } },
  );
}
