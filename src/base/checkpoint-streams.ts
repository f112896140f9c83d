/**
 * How a slot writes and reads checkpoint data, as task/ sees it: implemented by checkpoint/storage, wired by the host. Under the
 * Flink host the same interface hands the bytes to Flink's raw keyed state instead.
 */
import type { CheckpointId } from './ids.ts';
import type { KeyGroupSection } from './keyed-state.ts';
import type { SectionRef } from './state-handle.ts';

/** One data file for each slot and checkpoint, shared by the slot's subtasks. */
export interface CheckpointDataWriter {
  /** Called by each subtask of the slot that takes part, at its synchronous part. */
  openPart(checkpointId: CheckpointId): CheckpointDataPart;
  /** The checkpoint will not complete: its temporary file goes. */
  abort(checkpointId: CheckpointId): void;
}

export interface CheckpointDataPart {
  /** Takes the section (bytes are copied). */
  writeSection(section: KeyGroupSection): void;
  /** False while too many bytes wait for the disk: the cursor pauses until `wakeUp`. */
  readonly isWritable: boolean;
  /** No more sections from this subtask; settles with their places when the file is durable under its final name. */
  complete(): Promise<CheckpointDataResult>;
}

export interface CheckpointDataResult {
  /** In the order of `writeSection`. */
  readonly refs: readonly SectionRef[];
  /** Bytes as stored that this part added. */
  readonly writtenBytes: number;
}

export interface CheckpointDataReader {
  /** Verifies the block's checksum: CHECKPOINT_CORRUPT with file and byte. Blocks are cached while neighbours are read. */
  readSection(ref: SectionRef): Promise<Uint8Array>;
}
