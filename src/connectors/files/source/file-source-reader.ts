/**
 * Reads splits one after another, in their order. While the rest of a split is decoded the next one is fetched already; it is
 * asked for only when the current one has been fetched to its end, because a split that is assigned and not read holds back the
 * watermark.
 */
import type { CheckpointId } from '../../../base/ids.ts';
import type { PollStatus, ReaderContext, ReaderOutput, SourceReader } from '../../../base/source.ts';
import type { FileSourceSettings } from './file-source-settings.ts';
import { compareSplits } from './file-split.ts';
import type { FileSplit } from './file-split.ts';
import { SplitReading } from './split-reading.ts';

export class FileSourceReader<T> implements SourceReader<T, FileSplit> {
  readonly #context: ReaderContext;
  readonly #settings: FileSourceSettings<T>;
  #current: SplitReading<T> | undefined;
  /** Fetched while `#current` is decoded. */
  #next: SplitReading<T> | undefined;
  /** Not begun, in order. More than one only after a restore. */
  #waiting: FileSplit[] = [];
  /** Files of finished splits that are being closed. */
  readonly #closing = new Set<Promise<void>>();
  #isRequested = false;
  #hasNoMoreSplits = false;

  constructor(context: ReaderContext, settings: FileSourceSettings<T>) {
    this.#context = context;
    this.#settings = settings;
  }

  /** The first split is asked for by the first poll, when it is known what a restore brought. */
  start(): void {
    this.#context.wakeUp();
  }

  addSplits(splits: readonly FileSplit[]): void {
    this.#isRequested = false;
    this.#waiting = [...this.#waiting, ...splits].toSorted(compareSplits);
    this.#context.wakeUp();
  }

  noMoreSplits(): void {
    this.#hasNoMoreSplits = true;
    this.#context.wakeUp();
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

  snapshotState(_checkpointId: CheckpointId): readonly FileSplit[] {
    const readings = [this.#current, this.#next].filter((reading) => reading !== undefined);
    return [...readings.map((reading) => reading.position()), ...this.#waiting];
  }

  async close(): Promise<void> {
    await Promise.all([this.#current?.close(), this.#next?.close(), ...this.#closing]);
  }

  /** Begins what may be begun. */
  #prepare(): void {
    this.#current ??= this.#begin();
    if (this.#current?.isFetched === true) this.#next ??= this.#begin();
    const isWaitingForSplits = this.#next === undefined && (this.#current?.isFetched ?? true);
    if (!isWaitingForSplits || this.#isRequested || this.#hasNoMoreSplits) return;
    this.#isRequested = true;
    this.#context.requestSplit();
  }

  #begin(): SplitReading<T> | undefined {
    const split = this.#waiting.shift();
    if (split === undefined) return undefined;
    return new SplitReading({
      split,
      settings: this.#settings,
      environment: this.#context.environment,
      metrics: this.#context.metrics,
      onBytes: () => this.#context.wakeUp(),
      onError: (error) => this.#context.fail(error),
    });
  }

  #finish(reading: SplitReading<T>): void {
    this.#current = this.#next;
    this.#next = undefined;
    const closing = reading.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
