import type { Environment, Logger } from '../../src/base/environment.ts';
import type { EventTimeMs } from '../../src/base/event-time.ts';
import { SubtaskMetrics } from '../../src/base/metrics.ts';
import type { ReaderContext, ReaderOutput } from '../../src/base/source.ts';

/** Counts what a source reader asks for. */
export class FakeReaderContext implements ReaderContext {
  readonly environment: Environment;
  readonly metrics: SubtaskMetrics = new SubtaskMetrics();
  readonly subtaskIndex = 0;
  readonly parallelism = 1;
  readonly signal: AbortSignal = new AbortController().signal;
  requests = 0;
  wakeUps = 0;
  readonly failures: unknown[] = [];

  constructor(environment: Environment) {
    this.environment = environment;
  }

  get logger(): Logger {
    return this.environment.logger;
  }

  requestSplit(): void {
    this.requests++;
  }

  wakeUp(): void {
    this.wakeUps++;
  }

  fail(error: unknown): void {
    this.failures.push(error);
  }
}

/** Keeps what a source reader emits. */
export class RecordingOutput<T> implements ReaderOutput<T> {
  readonly records: T[] = [];
  readonly timestamps: EventTimeMs[] = [];
  readonly side: (readonly [string, unknown])[] = [];
  readonly finished: string[] = [];
  /** Records that still fit. */
  room: number = Number.POSITIVE_INFINITY;

  get isFull(): boolean {
    return this.room <= 0;
  }

  collect(_split: string, value: T, timestampMs: EventTimeMs): void {
    this.room--;
    this.records.push(value);
    this.timestamps.push(timestampMs);
  }

  collectSide(tagId: string, value: unknown): void {
    this.room--;
    this.side.push([tagId, value]);
  }

  splitFinished(split: string): void {
    this.finished.push(split);
  }
}
