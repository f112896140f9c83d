import { assert } from '../../base/assert.ts';
import type { TimerHandle } from '../../base/environment.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { PollStatus, ReaderContext, ReaderOutput, Source, SourceReader, SourceSplit } from '../../base/source.ts';
import { RecordRate } from '../datagen/record-rate.ts';

/**
 * The same source, slowed down: at most `recordsPerSecond` over all its subtasks, each having an equal share (as Flink's
 * RateLimitedSourceReader). State and identity are those of the source, so a limit may come and go between two starts.
 */
export function rateLimited<T, Split extends SourceSplit, EnumeratorState>(
  source: Source<T, Split, EnumeratorState>,
  recordsPerSecond: number,
): Source<T, Split, EnumeratorState> {
  assert(recordsPerSecond > 0, () => `A source limited to ${recordsPerSecond} records/s`);
  return {
    kind: source.kind,
    boundedness: source.boundedness,
    guarantee: source.guarantee,
    hasOrderedSplits: source.hasOrderedSplits,
    version: source.version,
    identity: () => source.identity(),
    createEnumerator: (context, restored) => source.createEnumerator(context, restored),
    createReader: (context) =>
      new RateLimitedReader(source.createReader(context), context, recordsPerSecond / context.parallelism),
  };
}

class RateLimitedReader<T, Split extends SourceSplit> implements SourceReader<T, Split> {
  readonly #reader: SourceReader<T, Split>;
  readonly #context: ReaderContext;
  readonly #rate: RecordRate;
  readonly #output = new CountingOutput<T>();
  #timer: TimerHandle | undefined;

  constructor(reader: SourceReader<T, Split>, context: ReaderContext, recordsPerSecond: number) {
    this.#reader = reader;
    this.#context = context;
    this.#rate = new RecordRate(recordsPerSecond, context.environment.clock.monotonicMs());
  }

  start(): void | Promise<void> {
    return this.#reader.start();
  }

  addSplits(splits: readonly Split[]): void {
    this.#reader.addSplits(splits);
  }

  noMoreSplits(): void {
    this.#reader.noMoreSplits();
  }

  poll(output: ReaderOutput<T>, limit: number): PollStatus {
    const allowed = Math.min(limit, this.#rate.available(this.#context.environment.clock.monotonicMs()));
    if (allowed <= 0) {
      this.#wakeUpLater();
      return 'nothing';
    }
    const counting = this.#output.over(output);
    const status = this.#reader.poll(counting, allowed);
    this.#rate.take(counting.count);
    return status;
  }

  snapshotState(checkpointId: CheckpointId): readonly Split[] {
    return this.#reader.snapshotState(checkpointId);
  }

  notifyCheckpointComplete(checkpointId: CheckpointId): void {
    this.#reader.notifyCheckpointComplete?.(checkpointId);
  }

  close(): void | Promise<void> {
    this.#timer?.cancel();
    return this.#reader.close();
  }

  #wakeUpLater(): void {
    this.#timer ??= this.#context.environment.timers.after(this.#rate.msUntilNext(), () => {
      this.#timer = undefined;
      this.#context.wakeUp();
    });
  }
}

/** Passes everything on and counts the records. */
class CountingOutput<T> implements ReaderOutput<T> {
  count = 0;
  #output: ReaderOutput<T> | undefined;

  over(output: ReaderOutput<T>): this {
    this.#output = output;
    this.count = 0;
    return this;
  }

  get isFull(): boolean {
    return this.#output?.isFull ?? true;
  }

  collect(split: string, value: T, timestampMs: EventTimeMs): void {
    this.count++;
    this.#output?.collect(split, value, timestampMs);
  }

  collectSide(tagId: string, value: unknown): void {
    this.count++;
    this.#output?.collectSide(tagId, value);
  }

  splitFinished(split: string): void {
    this.#output?.splitFinished(split);
  }
}
