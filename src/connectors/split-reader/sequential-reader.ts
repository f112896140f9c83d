/**
 * Reads splits one after another, in their order. While the rest of a split is emitted the next one is fetched already; it is
 * asked for only when the current one has been fetched to its end, because a split that is assigned and not read holds back the
 * watermark.
 */
import type { CheckpointId } from '../../base/ids.ts';
import type { PollStatus, ReaderContext, ReaderOutput, SourceReader, SourceSplit } from '../../base/source.ts';

/** One split that is being read. Fetches ahead, within bounds of its own, from the moment it is made. */
export interface SplitReading<T, Split extends SourceSplit> {
  /** Everything of the split is fetched and waits to be emitted. */
  readonly isFetched: boolean;
  /** The split's last record was emitted and `output.splitFinished` called. */
  readonly isFinished: boolean;
  /** Emits up to `limit` records that are ready; returns how many. */
  poll(output: ReaderOutput<T>, limit: number): number;
  /** The split with the position after the last record emitted. */
  position(): Split;
  close(): void | Promise<void>;
}

export interface SequentialReaderOptions<T, Split extends SourceSplit> {
  readonly context: ReaderContext;
  /** The order of assignment. */
  readonly compare: (a: Split, b: Split) => number;
  readonly begin: (split: Split) => SplitReading<T, Split>;
}

export class SequentialReader<T, Split extends SourceSplit> implements SourceReader<T, Split> {
  readonly #options: SequentialReaderOptions<T, Split>;
  #current: SplitReading<T, Split> | undefined;
  /** Fetched while the rest of `#current` is emitted. */
  #next: SplitReading<T, Split> | undefined;
  /** Not begun, in order. More than one only after a restore. */
  #waiting: Split[] = [];
  /** Finished splits that are being closed. */
  readonly #closing = new Set<Promise<void>>();
  #isRequested = false;
  #hasNoMoreSplits = false;

  constructor(options: SequentialReaderOptions<T, Split>) {
    this.#options = options;
  }

  /** The first split is asked for by the first poll, when it is known what a restore brought. */
  start(): void | Promise<void> {
    this.#options.context.wakeUp();
  }

  addSplits(splits: readonly Split[]): void {
    this.#isRequested = false;
    this.#waiting = [...this.#waiting, ...splits].toSorted(this.#options.compare);
    this.#options.context.wakeUp();
  }

  noMoreSplits(): void {
    this.#hasNoMoreSplits = true;
    this.#options.context.wakeUp();
  }

  poll(output: ReaderOutput<T>, limit: number): PollStatus {
    let left = limit;
    for (;;) {
      this.#prepare();
      const current = this.#current;
      if (current === undefined) return this.#hasNoMoreSplits ? 'end' : 'nothing';
      left -= current.poll(output, left);
      this.#prepare();
      if (current.isFinished) this.#finish(current);
      else if (left <= 0 || output.isFull) return 'more';
      else return 'nothing';
    }
  }

  snapshotState(_checkpointId: CheckpointId): readonly Split[] {
    const readings = [this.#current, this.#next].filter((reading) => reading !== undefined);
    return [...readings.map((reading) => reading.position()), ...this.#waiting];
  }

  async close(): Promise<void> {
    await Promise.all([this.#current, this.#next].map(async (reading) => reading?.close()));
    await Promise.all(this.#closing);
  }

  /** Begins what may be begun. */
  #prepare(): void {
    this.#current ??= this.#begin();
    if (this.#current?.isFetched === true) this.#next ??= this.#begin();
    const isWaitingForSplits = this.#next === undefined && (this.#current?.isFetched ?? true);
    if (!isWaitingForSplits || this.#isRequested || this.#hasNoMoreSplits) return;
    this.#isRequested = true;
    this.#options.context.requestSplit();
  }

  #begin(): SplitReading<T, Split> | undefined {
    const split = this.#waiting.shift();
    return split === undefined ? undefined : this.#options.begin(split);
  }

  #finish(reading: SplitReading<T, Split>): void {
    this.#current = this.#next;
    this.#next = undefined;
    const closed = reading.close();
    if (closed === undefined) return;
    const closing = closed.finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
