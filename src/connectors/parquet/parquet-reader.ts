/**
 * Reads row groups one after another, in their order. While the last batches of one are emitted the next one is decoded; it is
 * asked for only when the current one has been decoded to its end, because a split that is assigned and not read holds back
 * the watermark.
 */
import { must } from '../../base/assert.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { PollStatus, ReaderContext, ReaderOutput, SourceReader } from '../../base/source.ts';
import type { ParquetInput } from './find-splits.ts';
import { openDecoder } from './parquet-decoder.ts';
import type { DecoderKind, ParquetDecoder } from './parquet-decoder.ts';
import { compareParquetSplits } from './parquet-split.ts';
import type { ParquetSplit } from './parquet-split.ts';
import { RowBuilder } from './row-builder.ts';
import { RowGroupReading } from './row-group-reading.ts';

export class ParquetReader<T> implements SourceReader<T, ParquetSplit> {
  readonly #context: ReaderContext;
  readonly #input: ParquetInput;
  readonly #decoderKind: DecoderKind;
  readonly #rowBuilder: RowBuilder<T> = new RowBuilder();
  #decoder: ParquetDecoder | undefined;
  #current: RowGroupReading<T> | undefined;
  /** Decoded while the rest of `#current` is emitted. */
  #next: RowGroupReading<T> | undefined;
  /** Not begun, in order. More than one only after a restore. */
  #waiting: ParquetSplit[] = [];
  #isRequested = false;
  #hasNoMoreSplits = false;

  constructor(context: ReaderContext, input: ParquetInput, decoderKind: DecoderKind) {
    this.#context = context;
    this.#input = input;
    this.#decoderKind = decoderKind;
  }

  /** The first split is asked for by the first poll, when it is known what a restore brought. */
  async start(): Promise<void> {
    this.#decoder = await openDecoder(this.#context.environment, this.#decoderKind);
    this.#context.wakeUp();
  }

  addSplits(splits: readonly ParquetSplit[]): void {
    this.#isRequested = false;
    this.#waiting = [...this.#waiting, ...splits].toSorted(compareParquetSplits);
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

  snapshotState(_checkpointId: CheckpointId): readonly ParquetSplit[] {
    const readings = [this.#current, this.#next].filter((reading) => reading !== undefined);
    return [...readings.map((reading) => reading.position()), ...this.#waiting];
  }

  async close(): Promise<void> {
    this.#current?.close();
    this.#next?.close();
    await this.#decoder?.close();
  }

  /** Begins what may be begun. */
  #prepare(): void {
    this.#current ??= this.#begin();
    if (this.#current?.isDecoded === true) this.#next ??= this.#begin();
    const isWaitingForSplits = this.#next === undefined && (this.#current?.isDecoded ?? true);
    if (!isWaitingForSplits || this.#isRequested || this.#hasNoMoreSplits) return;
    this.#isRequested = true;
    this.#context.requestSplit();
  }

  #begin(): RowGroupReading<T> | undefined {
    const split = this.#waiting.shift();
    if (split === undefined) return undefined;
    return new RowGroupReading({
      split,
      columns: this.#input.columns,
      ordered: this.#input.ordered,
      decoder: must(this.#decoder, 'decoder of a started reader'),
      rowBuilder: this.#rowBuilder,
      metrics: this.#context.metrics,
      onProgress: () => this.#context.wakeUp(),
      onError: (error) => this.#context.fail(error),
    });
  }

  #finish(reading: RowGroupReading<T>): void {
    reading.close();
    this.#current = this.#next;
    this.#next = undefined;
  }
}
