/**
 * The values of an array, in order. One split, so one subtask emits them all; a position is a number of values. The array must
 * be the same at each start, which the number of its values stands for.
 */
import { assert } from '../../base/assert.ts';
import { NO_TIMESTAMP } from '../../base/event-time.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type {
  EnumeratorContext,
  PollStatus,
  ReaderContext,
  ReaderOutput,
  Source,
  SourceReader,
  SourceSplit,
  SplitEnumerator,
} from '../../base/source.ts';

/** Persisted. */
export interface CollectionSplit extends SourceSplit {
  /** How many values were emitted. */
  readonly position: number;
}

/** Persisted: the split while no subtask has it. */
export interface CollectionEnumeratorState {
  readonly pending: CollectionSplit | undefined;
}

export class CollectionSource<T> implements Source<T, CollectionSplit, CollectionEnumeratorState> {
  readonly kind = 'collection';
  readonly boundedness = 'bounded';
  readonly guarantee = 'exactly-once';
  readonly hasOrderedSplits = false;
  /** 1: first version. */
  readonly version = 1;
  readonly #values: readonly T[];

  constructor(values: readonly T[]) {
    this.#values = values;
  }

  static of<T>(values: readonly T[]): CollectionSource<T> {
    return new CollectionSource(values);
  }

  identity(): readonly string[] {
    return [`${this.#values.length} values`];
  }

  createEnumerator(
    context: EnumeratorContext<CollectionSplit>,
    restored: CollectionEnumeratorState | undefined,
  ): SplitEnumerator<CollectionSplit, CollectionEnumeratorState> {
    return new CollectionEnumerator(context, restored);
  }

  createReader(context: ReaderContext): SourceReader<T, CollectionSplit> {
    return new CollectionReader(context, this.#values);
  }
}

class CollectionEnumerator implements SplitEnumerator<CollectionSplit, CollectionEnumeratorState> {
  readonly #context: EnumeratorContext<CollectionSplit>;
  #pending: CollectionSplit | undefined;

  constructor(context: EnumeratorContext<CollectionSplit>, restored: CollectionEnumeratorState | undefined) {
    this.#context = context;
    this.#pending = restored === undefined ? { splitId: 'collection', position: 0 } : restored.pending;
  }

  start(): void {}

  addReader(): void {}

  handleSplitRequest(subtaskIndex: number): void {
    if (this.#pending !== undefined) this.#context.assignSplits(subtaskIndex, [this.#pending]);
    this.#pending = undefined;
    this.#context.signalNoMoreSplits(subtaskIndex);
  }

  addSplitsBack(splits: readonly CollectionSplit[]): void {
    assert(splits.length + (this.#pending === undefined ? 0 : 1) <= 1, 'A collection came back twice');
    this.#pending = splits[0] ?? this.#pending;
  }

  snapshotState(_checkpointId: CheckpointId): CollectionEnumeratorState {
    return { pending: this.#pending };
  }
}

class CollectionReader<T> implements SourceReader<T, CollectionSplit> {
  readonly #context: ReaderContext;
  readonly #values: readonly T[];
  #splitId: string | undefined;
  #position = 0;
  #isRequested = false;
  #hasNoMoreSplits = false;

  constructor(context: ReaderContext, values: readonly T[]) {
    this.#context = context;
    this.#values = values;
  }

  start(): void {
    this.#context.wakeUp();
  }

  addSplits(splits: readonly CollectionSplit[]): void {
    const [split] = splits;
    if (split === undefined) return;
    assert(this.#splitId === undefined && splits.length === 1, 'A collection was assigned twice');
    this.#splitId = split.splitId;
    this.#position = split.position;
    this.#context.wakeUp();
  }

  noMoreSplits(): void {
    this.#hasNoMoreSplits = true;
    this.#context.wakeUp();
  }

  poll(output: ReaderOutput<T>, limit: number): PollStatus {
    if (this.#splitId !== undefined && !this.#emit(this.#splitId, output, limit)) return 'more';
    if (this.#hasNoMoreSplits) return 'end';
    if (!this.#isRequested) {
      this.#isRequested = true;
      this.#context.requestSplit();
    }
    return 'nothing';
  }

  snapshotState(_checkpointId: CheckpointId): readonly CollectionSplit[] {
    return this.#splitId === undefined ? [] : [{ splitId: this.#splitId, position: this.#position }];
  }

  close(): void {}

  /** True when the collection has been emitted to its end. */
  #emit(splitId: string, output: ReaderOutput<T>, limit: number): boolean {
    let left = limit;
    while (this.#position < this.#values.length) {
      if (left <= 0 || output.isFull) return false;
      // Within the bounds; T may include undefined.
      const value = this.#values[this.#position] as T;
      this.#position++;
      left--;
      output.collect(splitId, value, NO_TIMESTAMP);
    }
    this.#splitId = undefined;
    output.splitFinished(splitId);
    return true;
  }
}
