/**
 * What the file sink keeps in checkpoints. All paths are relative to the sink's folder, so that a folder may move together with
 * the job.
 *
 * Version history of the writer state: 1 first version.
 */

/** One writer of one attempt; unique within the job for ever, because an epoch belongs to one process. */
export interface WriterId {
  readonly fencingEpoch: number;
  readonly attemptNumber: number;
  readonly subtaskIndex: number;
}

export interface FileWriterState {
  readonly version: 1;
  readonly writer: WriterId;
  /**
   * The writer's files are counted 0, 1, 2, ...; those below this number were made before the checkpoint: they are in progress
   * and listed here, or they were handed over as committables. Those from this number on belong to no checkpoint.
   */
  readonly nextCounter: number;
  readonly inProgress: readonly InProgressFile[];
}

export interface InProgressFile {
  /** Folder below the sink's folder, '' for none. */
  readonly bucket: string;
  readonly temporary: string;
  /** The name that the file would have got. */
  readonly final: string;
  /** Bytes that belong to the checkpoint; the file may have grown since. */
  readonly validBytes: number;
  readonly createdMs: number;
}

export type FileCommittable =
  /** A complete, durable file gets its final name. */
  | { readonly kind: 'publish'; readonly temporary: string; readonly final: string }
  /** A file of a former attempt whose valid part was copied: nothing refers to it once this checkpoint is complete. */
  | { readonly kind: 'discard'; readonly temporary: string };

export function writerKey(writer: WriterId): string {
  return `${writer.fencingEpoch}.${writer.attemptNumber}.${writer.subtaskIndex}`;
}

/** Negative when `a` belongs to an earlier attempt than `b`. */
export function compareAttempts(a: Omit<WriterId, 'subtaskIndex'>, b: Omit<WriterId, 'subtaskIndex'>): number {
  return a.fencingEpoch - b.fencingEpoch || a.attemptNumber - b.attemptNumber;
}
