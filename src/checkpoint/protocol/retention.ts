/**
 * Which checkpoints and files are kept. Pure.
 *
 *   1. A file that a retained checkpoint refers to is never deleted.
 *   2. The files of checkpoints that were dropped are kept until as many more have completed as may be in progress at once. A
 *      subtask may take its part of a checkpoint before it has heard that those in progress with it are complete: with one at a
 *      time it takes its part of n + 1 when n is complete but not yet known to be, and still builds on what n - 1 refers to.
 *   3. A checkpoint may refer to its own files and to those that rules 1 and 2 keep, and to no others: a checkpoint that does
 *      is not completed.
 */
import type { CheckpointId } from '../../base/ids.ts';

export interface RetainedCheckpoint {
  readonly checkpointId: CheckpointId;
  /** Data files that restoring it reads, relative to the job directory. */
  readonly files: ReadonlySet<string>;
}

export interface RetentionState {
  /** Completed and kept, ascending, the newest last. */
  readonly retained: readonly RetainedCheckpoint[];
  /** What was dropped when the last few completed, the newest last: their metadata is gone, their files are still kept. */
  readonly droppedLast: readonly (readonly RetainedCheckpoint[])[];
}

export interface RetentionStep {
  readonly state: RetentionState;
  /** Their metadata goes now. */
  readonly dropped: readonly CheckpointId[];
  /** Nothing kept refers to them. */
  readonly deletableFiles: readonly string[];
}

export interface RetentionSettings {
  /** How many of the newest are kept, at least 1. */
  readonly numRetained: number;
  /** How many checkpoints may be in progress at once. */
  readonly maxConcurrent: number;
}

/** A checkpoint has completed. */
export function retainCompleted(
  state: RetentionState,
  completed: RetainedCheckpoint,
  { numRetained, maxConcurrent }: RetentionSettings,
): RetentionStep {
  const all = [...state.retained, completed].toSorted((a, b) => a.checkpointId - b.checkpointId);
  const retained = all.slice(-Math.max(1, numRetained));
  const droppedNow = all.slice(0, all.length - retained.length);
  const droppings = [...state.droppedLast, droppedNow];
  const droppedLast = droppings.slice(-Math.max(1, maxConcurrent));
  const next = { retained, droppedLast };
  const kept = keptFiles(next);
  const gone = droppings.slice(0, droppings.length - droppedLast.length).flat();
  const deletableFiles = [...filesOf(gone)].filter((file) => !kept.has(file));
  return {
    state: next,
    dropped: droppedNow.map(({ checkpointId }) => checkpointId),
    deletableFiles,
  };
}

/** All files that rules 1 and 2 keep. */
export function keptFiles(state: RetentionState): ReadonlySet<string> {
  return filesOf([...state.retained, ...state.droppedLast.flat()]);
}

/** Files that break rule 3. `isOwnFile` tells whether a file was written for the checkpoint itself. */
export function unknownReferences(
  state: RetentionState,
  files: ReadonlySet<string>,
  isOwnFile: (file: string) => boolean,
): readonly string[] {
  const kept = keptFiles(state);
  return [...files].filter((file) => !kept.has(file) && !isOwnFile(file));
}

/** execution.checkpointing.externalized-checkpoint-retention */
export type CheckpointRetention = 'NO_EXTERNALIZED_CHECKPOINTS' | 'DELETE_ON_CANCELLATION' | 'RETAIN_ON_CANCELLATION';
export type JobEnd = 'finished' | 'canceled' | 'failed' | 'suspended';

/**
 * What becomes of the retained checkpoints when the job ends. As in Flink, except that a failed or suspended job always keeps them:
 * its next start resumes from there.
 */
export function keepsCheckpoints(retention: CheckpointRetention, end: JobEnd): boolean {
  switch (end) {
    case 'finished':
      return false;
    case 'canceled':
      return retention === 'RETAIN_ON_CANCELLATION';
    case 'failed':
    case 'suspended':
      return true;
  }
}

function filesOf(checkpoints: readonly RetainedCheckpoint[]): ReadonlySet<string> {
  const files = new Set<string>();
  for (const checkpoint of checkpoints) for (const file of checkpoint.files) files.add(file);
  return files;
}
