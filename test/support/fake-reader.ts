/**
 * A source whose reader hands out what a test puts in: records of one split 's', one after the other, and the end when it is told.
 * The position of the split is the number of records handed out.
 */
import type { CheckpointId } from '../../src/base/ids.ts';
import type {
  PollStatus,
  ReaderContext,
  ReaderOutput,
  Source,
  SourceReader,
  SourceSplit,
} from '../../src/base/source.ts';

export interface FakeSplit extends SourceSplit {
  readonly position: number;
}

export class FakeReaderSource implements Source<unknown, FakeSplit> {
  readonly kind = 'fake-reader';
  readonly boundedness = 'bounded';
  readonly guarantee = 'exactly-once';
  readonly hasOrderedSplits: boolean = false;
  readonly version = 1;
  readonly #log: string[];
  readonly #records: string[] = [];
  #context: ReaderContext | undefined;
  #splits: FakeSplit[] = [];
  #hasEnded = false;
  onStart: () => void | Promise<void> = () => undefined;
  onPoll: () => void = () => undefined;

  constructor(log: string[] = []) {
    this.#log = log;
  }

  /** Records for the next polls; 'value@time' has a timestamp. */
  give(...records: readonly string[]): void {
    this.#records.push(...records);
  }

  /** The split is read to its end once the records are out. */
  end(): void {
    this.#hasEnded = true;
  }

  get context(): ReaderContext {
    if (this.#context === undefined) throw new Error('The source has no reader yet');
    return this.#context;
  }

  identity(): readonly string[] {
    return [];
  }

  createEnumerator(): never {
    throw new Error('This source is read without its enumerator');
  }

  createReader(context: ReaderContext): SourceReader<unknown, FakeSplit> {
    this.#context = context;
    return {
      start: () => {
        this.#log.push('reader start');
        return this.onStart();
      },
      addSplits: (splits) => {
        this.#log.push(`reader splits ${splits.map(({ splitId, position }) => `${splitId}:${position}`).join(' ')}`);
        this.#splits.push(...splits);
      },
      noMoreSplits: () => this.#log.push('reader no more splits'),
      poll: (output, limit) => this.#poll(output, limit),
      snapshotState: (checkpointId: CheckpointId) => {
        this.#log.push(`reader snapshot ${checkpointId}`);
        return this.#splits;
      },
      notifyCheckpointComplete: (checkpointId) => void this.#log.push(`reader completed ${checkpointId}`),
      close: () => void this.#log.push('reader close'),
    };
  }

  #poll(output: ReaderOutput<unknown>, limit: number): PollStatus {
    this.onPoll();
    const [split] = this.#splits;
    for (let count = 0; count < limit && split !== undefined && !output.isFull; count++) {
      const record = this.#records.shift();
      if (record === undefined) break;
      const [value, timestamp] = record.split('@');
      const { position } = this.#splits[0] ?? split;
      this.#splits = [{ ...split, position: position + 1 }];
      output.collect(split.splitId, value, timestamp === undefined ? Number.NaN : Number(timestamp));
    }
    if (this.#records.length > 0) return 'more';
    if (!this.#hasEnded || output.isFull) return 'nothing';
    for (const { splitId } of this.#splits) output.splitFinished(splitId);
    this.#splits = [];
    return 'end';
  }
}
