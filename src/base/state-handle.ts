/**
 * Pointers into checkpoint data files, and what one subtask hands in for one checkpoint. All of it is plain data: it crosses
 * threads in acknowledgements and is stored in the checkpoint's metadata.
 */
import type { EventTimeMs } from './event-time.ts';
import type { CheckpointId, OperatorId } from './ids.ts';

/** One section inside a block of a data file. */
export interface SectionRef {
  /** Relative to the job's checkpoint directory: 'shared/...' or 'chk-7/...'. */
  readonly file: string;
  /** Where the (compressed) block starts, bytes. */
  readonly blockOffset: number;
  /** Length of the block as stored, header included, bytes. */
  readonly blockLength: number;
  /** Position of the section in the uncompressed block, bytes. */
  readonly offset: number;
  readonly length: number;
  readonly isBase: boolean;
  readonly entryCount: number;
}

/** Everything needed to restore one key group: base, then deltas. Empty key groups have no chain. */
export interface KeyGroupChain {
  readonly keyGroup: number;
  readonly sections: readonly SectionRef[];
}

/** How state of an operator is described in the graph and in a checkpoint's metadata. */
export interface StateDescriptorInfo {
  readonly name: string;
  readonly kind: 'value' | 'list' | 'map' | 'reducing' | 'aggregating';
}

/** How list state is dealt out when the parallelism changes (Flink's even-split, union, broadcast). */
export type RedistributionMode = 'split' | 'union' | 'broadcast';

export interface ListStateSnapshot {
  readonly name: string;
  readonly mode: RedistributionMode;
  /** Each element encoded alone by the value codec, so that redistribution moves bytes. */
  readonly elements: readonly Uint8Array[];
}

/** What one operator of one subtask contributes to a checkpoint. */
export interface OperatorSubtaskState {
  readonly operatorId: OperatorId;
  readonly keyed: readonly KeyGroupChain[];
  readonly states: readonly StateDescriptorInfo[];
  readonly lists: readonly ListStateSnapshot[];
  /** Undefined for operators that keep none. */
  readonly watermarkMs: EventTimeMs | undefined;
}

/** The acknowledgement's content. */
export interface SubtaskSnapshot {
  readonly operators: readonly OperatorSubtaskState[];
  /** True when the subtask had processed all its input before this checkpoint. */
  readonly isFinished: boolean;
  readonly statistics: SubtaskSnapshotStatistics;
}

export interface SubtaskSnapshotStatistics {
  readonly alignmentMs: number;
  readonly syncMs: number;
  readonly asyncMs: number;
  /** From the coordinator's trigger to the first barrier, ms. */
  readonly startDelayMs: number;
  /** New bytes written for this checkpoint, as stored. */
  readonly writtenBytes: number;
  /** All bytes that restore would read. */
  readonly stateBytes: number;
}

/** What one subtask starts from: the restored checkpoint's state, dealt out for the current parallelism. Plain data. */
export interface SubtaskRestore {
  readonly checkpointId: CheckpointId;
  /**
   * True when the whole vertex had used up its input: the subtask reads nothing and only passes the end of input on. Its operators
   * may still hold state, such as committables that are to be committed again.
   */
  readonly isFinished: boolean;
  /** One for each operator of the chain that the checkpoint has; new operators are absent. */
  readonly operators: readonly OperatorSubtaskState[];
}
