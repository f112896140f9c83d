/**
 * Sources, as in FLIP-27: an enumerator beside the job master finds splits and assigns them; a reader in each subtask reads them.
 * Splits, enumerator states and messages are plain data of the value codec, so they need no serializers, only a version.
 *
 * Exactly once rests on this order: the enumerator is snapshotted before the barriers are injected, and assignments made after
 * that are held back until the subtask has acknowledged. So each split is in the enumerator's state or in one reader's, never
 * in both or none. Contract suite: test/contract/source.ts.
 */
import type { Environment, Logger } from './environment.ts';
import type { CheckpointId } from './ids.ts';
import type { EventTimeMs } from './event-time.ts';
import type { SubtaskMetrics } from './metrics.ts';

/** `exactly-once`: replayable from the position in the split. `none`: what was read and not processed is lost in a failure. */
export type SourceGuarantee = 'exactly-once' | 'at-least-once' | 'none';

/** A piece of input with the position in it. Immutable: a reader snapshots new objects. */
export interface SourceSplit {
  /** Unique within the source, for ever. */
  readonly splitId: string;
}

export interface Source<T, Split extends SourceSplit = SourceSplit, EnumeratorState = unknown> {
  /** 'files', 'parquet', 'datagen', ... */
  readonly kind: string;
  readonly boundedness: 'bounded' | 'unbounded';
  readonly guarantee: SourceGuarantee;
  /** True when the order of assignment is the order of time: the watermark is then held at the earliest unassigned split. */
  readonly hasOrderedSplits: boolean;
  /** Version of the form of splits and enumerator state. */
  readonly version: number;
  /** What is read (paths, topic); kept in checkpoints, a difference at restore is SOURCE_CHANGED. Empty: cannot change. */
  identity(): readonly string[];
  createEnumerator(
    context: EnumeratorContext<Split>,
    restored: EnumeratorState | undefined,
  ): SplitEnumerator<Split, EnumeratorState>;
  createReader(context: ReaderContext): SourceReader<T, Split>;
}

/** Calls come one at a time on the main thread; asynchronous work goes through `callAsync`. */
export interface SplitEnumerator<Split extends SourceSplit, EnumeratorState> {
  /** Rejecting fails the job. */
  start(): void | Promise<void>;
  /** A reader has registered (again, after a failover: it then holds only what the checkpoint gave it). */
  addReader(subtaskIndex: number): void;
  handleSplitRequest(subtaskIndex: number): void;
  /** Splits of a failed or rescaled subtask come back: they go to their place in the order of assignment. */
  addSplitsBack(splits: readonly Split[], subtaskIndex: number): void;
  /** Synchronous; the result is encoded at once. Holds what is not assigned. */
  snapshotState(checkpointId: CheckpointId): EnumeratorState;
  notifyCheckpointComplete?(checkpointId: CheckpointId): void;
  close?(): void | Promise<void>;
}

export interface EnumeratorContext<Split extends SourceSplit> {
  readonly environment: Environment;
  readonly logger: Logger;
  /** Parallelism of the source. */
  readonly parallelism: number;
  readonly registeredReaders: ReadonlySet<number>;
  assignSplits(subtaskIndex: number, splits: readonly Split[]): void;
  signalNoMoreSplits(subtaskIndex: number): void;
  /**
   * There is no split for this reader at present, but one may come: without splits it counts as idle from now on. Until it is
   * told so it holds the watermark back, because its first split may be earlier than what other readers have read.
   */
  signalNoSplitsYet(subtaskIndex: number): void;
  /**
   * For sources with ordered splits: no split that is still to be assigned holds a record earlier than this. Readers hold their
   * watermark below it. Infinity when all are assigned.
   */
  setUnassignedLowerBound(timestampMs: EventTimeMs): void;
  /** Runs asynchronous work; the handler is called like the other methods, unless the enumerator was closed meanwhile. */
  callAsync<R>(work: () => Promise<R>, handler: (result: R) => void): void;
  /** Runs `action` like the other methods after `delayMs`, once. */
  after(delayMs: number, action: () => void): void;
}

export interface ReaderContext {
  readonly environment: Environment;
  readonly logger: Logger;
  readonly metrics: SubtaskMetrics;
  readonly subtaskIndex: number;
  readonly parallelism: number;
  /** Asks the enumerator for a split; the answer comes as `addSplits` or `noMoreSplits`. */
  requestSplit(): void;
  /** From an I/O callback: there is something to poll. Bounded work only; never emits. */
  wakeUp(): void;
  /** From an I/O callback: the subtask fails with this. */
  fail(error: unknown): void;
  readonly signal: AbortSignal;
}

/** 'more': call again; 'nothing': wait for wakeUp; 'end': all splits are read and no more will come. */
export type PollStatus = 'more' | 'nothing' | 'end';

/** All methods are called on the slot's thread. Fetching and decoding go on between the calls and post what they have. */
export interface SourceReader<T, Split extends SourceSplit> {
  start(): void | Promise<void>;
  addSplits(splits: readonly Split[]): void;
  noMoreSplits(): void;
  /** Emits up to `limit` prefetched records; stops early when `output.isFull`. */
  poll(output: ReaderOutput<T>, limit: number): PollStatus;
  /** Splits not read to the end, with positions after the last record emitted. */
  snapshotState(checkpointId: CheckpointId): readonly Split[];
  notifyCheckpointComplete?(checkpointId: CheckpointId): void;
  close(): void | Promise<void>;
}

export interface ReaderOutput<T> {
  /** `timestampMs`: the record's own time if the source knows one, else NO_TIMESTAMP; a timestamp assigner replaces it. */
  collect(split: string, value: T, timestampMs: EventTimeMs): void;
  /** A record that cannot be parsed and that the job wants at the side. */
  collectSide(tagId: string, value: unknown): void;
  /** The split is read to its end: its watermark holds nobody back any more. */
  splitFinished(split: string): void;
  /** An output has no room: return after this record. */
  readonly isFull: boolean;
}
