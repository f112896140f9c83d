/**
 * A source of one's own, written against the public contract: plays records with the timestamps that they are given, split by
 * split. A source that stays open waits after its last record until the job is ended.
 */
import { NO_TIMESTAMP } from 'millrace';
import type { Source } from 'millrace';
import type {
  EnumeratorContext,
  PollStatus,
  ReaderContext,
  ReaderOutput,
  SourceReader,
  SourceSplit,
  SplitEnumerator,
} from 'millrace/connectors';

export interface Played<T> {
  readonly value: T;
  /** Default: none. */
  readonly ts?: number;
}

/** By split id. */
export type PlayedSplits<T> = Readonly<Record<string, readonly Played<T>[]>>;

export interface PlayedSplit extends SourceSplit {
  readonly position: number;
}

export function playedSource<T>(
  splits: PlayedSplits<T>,
  options: { readonly staysOpen?: boolean } = {},
): Source<T, PlayedSplit, readonly PlayedSplit[]> {
  const staysOpen = options.staysOpen ?? false;
  return {
    kind: 'played',
    boundedness: staysOpen ? 'unbounded' : 'bounded',
    guarantee: 'exactly-once',
    hasOrderedSplits: false,
    version: 1,
    identity: () => [],
    createEnumerator: (context, restored) =>
      new PlayedEnumerator(
        context,
        restored ?? Object.keys(splits).map((splitId) => ({ splitId, position: 0 })),
        staysOpen,
      ),
    createReader: (context) => new PlayedReader(context, splits),
  };
}

/** The first split to the first subtask that asks, and so on: each gets all of its own at once. */
class PlayedEnumerator implements SplitEnumerator<PlayedSplit, readonly PlayedSplit[]> {
  readonly #context: EnumeratorContext<PlayedSplit>;
  readonly #staysOpen: boolean;
  #pending: readonly PlayedSplit[];

  constructor(context: EnumeratorContext<PlayedSplit>, pending: readonly PlayedSplit[], staysOpen: boolean) {
    this.#context = context;
    this.#pending = pending;
    this.#staysOpen = staysOpen;
  }

  start(): void {}

  addReader(): void {}

  handleSplitRequest(subtaskIndex: number): void {
    const own = this.#pending.filter((_, index) => index % this.#context.parallelism === subtaskIndex);
    this.#assigned.add(subtaskIndex);
    if (own.length > 0) this.#context.assignSplits(subtaskIndex, own);
    if (this.#assigned.size === this.#context.parallelism) this.#pending = [];
    if (!this.#staysOpen) this.#context.signalNoMoreSplits(subtaskIndex);
  }

  readonly #assigned = new Set<number>();

  addSplitsBack(splits: readonly PlayedSplit[]): void {
    this.#pending = [...this.#pending, ...splits];
  }

  snapshotState(): readonly PlayedSplit[] {
    return this.#pending.filter((_, index) => !this.#assigned.has(index % this.#context.parallelism));
  }
}

class PlayedReader<T> implements SourceReader<T, PlayedSplit> {
  readonly #context: ReaderContext;
  readonly #splits: PlayedSplits<T>;
  readonly #positions = new Map<string, number>();
  #isRequested = false;
  #hasNoMoreSplits = false;

  constructor(context: ReaderContext, splits: PlayedSplits<T>) {
    this.#context = context;
    this.#splits = splits;
  }

  start(): void {}

  addSplits(splits: readonly PlayedSplit[]): void {
    for (const { splitId, position } of splits) this.#positions.set(splitId, position);
    this.#context.wakeUp();
  }

  noMoreSplits(): void {
    this.#hasNoMoreSplits = true;
    this.#context.wakeUp();
  }

  /** One record of each split in turn. */
  poll(output: ReaderOutput<T>, limit: number): PollStatus {
    if (!this.#isRequested) {
      this.#isRequested = true;
      this.#context.requestSplit();
    }
    let left = limit;
    for (let hasMore = true; hasMore;) {
      hasMore = false;
      for (const [splitId, position] of this.#positions) {
        if (left <= 0 || output.isFull) return 'more';
        const played = this.#splits[splitId]?.[position];
        if (played === undefined) {
          this.#finish(splitId, output);
          continue;
        }
        hasMore = true;
        left--;
        this.#positions.set(splitId, position + 1);
        output.collect(splitId, played.value, played.ts ?? NO_TIMESTAMP);
      }
    }
    return this.#hasNoMoreSplits && this.#positions.size === 0 ? 'end' : 'nothing';
  }

  #finish(splitId: string, output: ReaderOutput<T>): void {
    if (!this.#hasNoMoreSplits) return;
    this.#positions.delete(splitId);
    output.splitFinished(splitId);
  }

  snapshotState(): readonly PlayedSplit[] {
    return Array.from(this.#positions, ([splitId, position]) => ({ splitId, position }));
  }

  close(): void {}
}
