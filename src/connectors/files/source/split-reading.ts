/**
 * One split being read: its bytes are prefetched from the moment it is made; the reader polls it, decodes what is there, and
 * takes its position for the snapshot.
 */
import { must } from '../../../base/assert.ts';
import type { Environment } from '../../../base/environment.ts';
import { NO_TIMESTAMP } from '../../../base/event-time.ts';
import type { SubtaskMetrics } from '../../../base/metrics.ts';
import type { ReaderOutput } from '../../../base/source.ts';
import { openByteStream } from './byte-stream.ts';
import type { FileSourceSettings } from './file-source-settings.ts';
import type { FileSplit } from './file-split.ts';
import { PrefetchedBytes } from './prefetched-bytes.ts';
import { firstByte } from './record-decoder.ts';
import type { RecordDecoder } from './record-decoder.ts';
import { malformedError, malformedRecord } from './record-place.ts';
import type { RecordProblem } from './record-place.ts';

export interface SplitReadingOptions<T> {
  readonly split: FileSplit;
  readonly settings: FileSourceSettings<T>;
  readonly environment: Environment;
  readonly metrics: SubtaskMetrics;
  /** From I/O callbacks, until `close`. */
  readonly onBytes: () => void;
  readonly onError: (error: unknown) => void;
}

export class SplitReading<T> {
  readonly #options: SplitReadingOptions<T>;
  readonly #decoder: RecordDecoder<T>;
  readonly #bytes: PrefetchedBytes;
  #malformedCount: number;
  #isEndPushed = false;
  /** All records of the split were emitted. */
  isFinished = false;

  constructor(options: SplitReadingOptions<T>) {
    const { split, settings, environment } = options;
    const { encoding, maxRecordBytes } = settings;
    this.#options = options;
    this.#malformedCount = split.malformedCount;
    this.#decoder = settings.format.createDecoder({ split, strings: environment.strings, encoding, maxRecordBytes });
    this.#bytes = new PrefetchedBytes({
      open: () =>
        openByteStream({
          environment,
          file: split,
          fromBytes: firstByte(split),
          mayGrow: settings.watchIntervalMs !== undefined,
        }),
      onBytes: options.onBytes,
      onError: options.onError,
    });
  }

  /** All there is to fetch has been fetched, so that the next split may be fetched meanwhile. */
  get isFetched(): boolean {
    return this.#bytes.isRangeFetched;
  }

  /** Where a restore goes on. */
  position(): FileSplit {
    const { positionBytes, linesRead } = this.#decoder;
    return { ...this.#options.split, positionBytes, linesRead, malformedCount: this.#malformedCount };
  }

  /** Handles up to `limit` records; gives how many. Fewer: the output is full, nothing is fetched, or the split `isFinished`. */
  poll(output: ReaderOutput<T>, limit: number): number {
    const { splitId } = this.#options.split;
    let count = 0;
    while (count < limit && !output.isFull) {
      switch (this.#decoder.next()) {
        case 'record':
          count++;
          // The decoder has just set it; T may include undefined.
          output.collect(splitId, this.#decoder.value as T, NO_TIMESTAMP);
          break;
        case 'malformed':
          count++;
          this.#handleMalformed(must(this.#decoder.problem, 'problem of a malformed record'), output);
          break;
        case 'starved':
          if (!this.#feed()) return count;
          break;
        case 'end':
          this.isFinished = true;
          output.splitFinished(splitId);
          return count;
      }
    }
    return count;
  }

  close(): Promise<void> {
    return this.#bytes.close();
  }

  /** False when nothing is there now. */
  #feed(): boolean {
    const chunk = this.#bytes.take();
    if (chunk !== undefined) {
      this.#options.metrics.add('numBytesIn', chunk.length);
      this.#decoder.push(chunk);
      return true;
    }
    if (!this.#bytes.isDrained || this.#isEndPushed) return false;
    this.#isEndPushed = true;
    this.#decoder.end();
    return true;
  }

  #handleMalformed(problem: RecordProblem, output: ReaderOutput<T>): void {
    const { split, settings, metrics } = this.#options;
    metrics.add('numRecordsInErrors', 1);
    const { malformed } = settings;
    if (malformed === undefined || this.#malformedCount >= malformed.limit) throw malformedError(split, problem);
    this.#malformedCount++;
    output.collectSide(malformed.tagId, malformedRecord(split, problem));
  }
}
