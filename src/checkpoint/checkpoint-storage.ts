/**
 * Where completed checkpoints live, as the coordinator sees it. One caller (the coordinator's driver), one call at a time but for
 * `discard`, `drop` and `verifyOwnership`, which may overlap with everything else. Rejections are MillraceErrors: CHECKPOINT_STORAGE_FAILED
 * unless said otherwise. Contract suite: test/contract/checkpoint-storage.test.ts.
 */
import type { CheckpointId } from '../base/ids.ts';
import type { CheckpointMetadata } from './metadata/checkpoint-metadata.ts';
import type { CheckpointRetention } from './protocol/retention.ts';

export interface StoredMetadata {
  /** The `_metadata` file, for people. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** 'fenced': another process owns the job; this one must stop and touch nothing any more. */
export type PublishOutcome =
  | { readonly kind: 'permitted'; readonly fencingEpoch: number }
  | { readonly kind: 'fenced'; readonly byEpoch: number | undefined };

export interface DroppedCheckpoints {
  readonly dropped: readonly CheckpointId[];
  /** Data files that nothing refers to any more. */
  readonly files: readonly string[];
  /** Data files that something still refers to: they stay, also those in a dropped checkpoint's folder. */
  readonly keptFiles: ReadonlySet<string>;
  readonly oldestRetained: CheckpointId;
}

export interface CheckpointStorage {
  readonly kind: 'filesystem' | 'jobmanager';
  readonly fencingEpoch: number;
  /** Makes a place for a checkpoint and gives its id: `candidate`, or the next id that nobody has used. */
  createLocation(candidate: CheckpointId): Promise<CheckpointId>;
  /** Settles when the metadata is durable. The data files must be already. */
  writeMetadata(metadata: CheckpointMetadata): Promise<StoredMetadata>;
  /**
   * Appends the pointer entry; the metadata must be durable. Only 'permitted' allows commits. A rejection means that the entry
   * does not stand, unless its recovery is 'fail-process': then nobody knows, and nothing of the checkpoint may be deleted.
   */
  publish(checkpointId: CheckpointId): Promise<PublishOutcome>;
  /** Does this process still own the job? Asked when something failed: the cause may be that a new owner cleared it away. */
  verifyOwnership(): Promise<PublishOutcome>;
  /** The checkpoint will not complete: its folder goes, and its data files unless they are in `keptFiles`. */
  discard(checkpointId: CheckpointId, keptFiles: ReadonlySet<string>): Promise<void>;
  /** Retention: pointer entries first, then metadata, then files. */
  drop(what: DroppedCheckpoints): Promise<void>;
  /** The job has ended: the next start is a new run. Deletes the checkpoints if the retention says so. */
  end(how: 'finished' | 'canceled', retention: CheckpointRetention): Promise<PublishOutcome>;
}
