import type { TimerHandle } from '../../base/environment.ts';
import { MillraceError, messageOf } from '../../base/errors.ts';
import { NO_TIMESTAMP, isEventTime } from '../../base/event-time.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { CheckpointId } from '../../base/ids.ts';
import { promiseNotAllowed } from '../../base/promise-not-allowed.ts';
import type { PollStatus, ReaderContext, ReaderOutput, SourceReader } from '../../base/source.ts';
import { compareGeneratorSplits, nextIndexOf } from './generator-split.ts';
import type { GeneratorSplit } from './generator-split.ts';
import { RecordRate } from './record-rate.ts';

export interface GeneratorSettings<T> {
  readonly generate: (index: number) => T;
  /** Infinity: no end. */
  readonly count: number;
  /** Of all subtasks together; undefined: as fast as they go. */
  readonly recordsPerSecond: number | undefined;
  readonly timestamp: ((index: number) => EventTimeMs) | undefined;
}

/** A split that is being generated. */
interface Generating {
  readonly split: GeneratorSplit;
  position: number;
  nextIndex: number;
}

/** Generates the records of its splits merged in the order of their index. */
export class GeneratorReader<T> implements SourceReader<T, GeneratorSplit> {
  readonly #context: ReaderContext;
  readonly #settings: GeneratorSettings<T>;
  readonly #rate: RecordRate | undefined;
  #generating: Generating[] = [];
  #hasNoMoreSplits = false;
  #timer: TimerHandle | undefined;

  constructor(context: ReaderContext, settings: GeneratorSettings<T>) {
    this.#context = context;
    this.#settings = settings;
    const { recordsPerSecond } = settings;
    this.#rate =
      recordsPerSecond === undefined ? undefined : new RecordRate(0, context.environment.clock.monotonicMs());
  }

  start(): void {}

  addSplits(splits: readonly GeneratorSplit[]): void {
    const added = splits.map((split) => ({ split, position: split.position, nextIndex: nextIndexOf(split) }));
    this.#generating = [...this.#generating, ...added].toSorted((a, b) => compareGeneratorSplits(a.split, b.split));
    this.#shareRate();
    this.#context.wakeUp();
  }

  noMoreSplits(): void {
    this.#hasNoMoreSplits = true;
    this.#context.wakeUp();
  }

  poll(output: ReaderOutput<T>, limit: number): PollStatus {
    const allowed = this.#rate === undefined ? limit : Math.min(limit, this.#rate.available(this.#nowMs()));
    let left = allowed;
    for (;;) {
      const next = this.#earliest();
      if (next === undefined) {
        this.#rate?.take(allowed - left);
        return this.#hasNoMoreSplits ? 'end' : 'nothing';
      }
      if (next.nextIndex >= this.#settings.count) this.#finish(next, output);
      else if (left > 0 && !output.isFull)
        left -= this.#emitFrom(next, output, this.#generating.length === 1 ? left : 1);
      else break;
    }
    this.#rate?.take(allowed - left);
    if (left > 0 || allowed === limit) return 'more';
    this.#wakeUpLater();
    return 'nothing';
  }

  snapshotState(_checkpointId: CheckpointId): readonly GeneratorSplit[] {
    return this.#generating.map(({ split, position }) => ({ ...split, position }));
  }

  close(): void {
    this.#timer?.cancel();
  }

  #earliest(): Generating | undefined {
    let earliest = this.#generating[0];
    if (earliest === undefined || this.#generating.length === 1) return earliest;
    for (const generating of this.#generating) {
      if (generating.nextIndex < earliest.nextIndex) earliest = generating;
    }
    return earliest;
  }

  /** Up to `limit` records, at least one; how many. Stops when the output is full. */
  #emitFrom(generating: Generating, output: ReaderOutput<T>, limit: number): number {
    const { generate, timestamp, count } = this.#settings;
    const { splitId, modulus } = generating.split;
    let emitted = 0;
    do {
      const { nextIndex } = generating;
      const value = call(generate, nextIndex);
      if (value instanceof Promise) {
        throw promiseNotAllowed(value, `Generating record ${nextIndex} failed: the generator returned a promise`);
      }
      const timestampMs = timestamp === undefined ? NO_TIMESTAMP : checkedTimestamp(timestamp, nextIndex);
      generating.position++;
      generating.nextIndex = nextIndex + modulus;
      output.collect(splitId, value, timestampMs);
      emitted++;
    } while (emitted < limit && generating.nextIndex < count && !output.isFull);
    return emitted;
  }

  #finish(generating: Generating, output: ReaderOutput<T>): void {
    this.#generating = this.#generating.filter((other) => other !== generating);
    this.#shareRate();
    output.splitFinished(generating.split.splitId);
  }

  /** Each split has an equal part of the rate, wherever it is generated. */
  #shareRate(): void {
    const share = this.#generating.reduce((sum, { split }) => sum + 1 / split.modulus, 0);
    this.#rate?.setRate((this.#settings.recordsPerSecond ?? 0) * share, this.#nowMs());
  }

  #wakeUpLater(): void {
    if (this.#timer !== undefined || this.#rate === undefined) return;
    this.#timer = this.#context.environment.timers.after(this.#rate.msUntilNext(), () => {
      this.#timer = undefined;
      this.#context.wakeUp();
    });
  }

  #nowMs(): number {
    return this.#context.environment.clock.monotonicMs();
  }
}

function checkedTimestamp(timestamp: (index: number) => EventTimeMs, index: number): EventTimeMs {
  const timestampMs = call(timestamp, index);
  if (isEventTime(timestampMs)) return timestampMs;
  const message = `Generating record ${index} failed: its timestamp '${String(timestampMs)}' is not integer milliseconds`;
  throw new MillraceError('TIMESTAMP_INVALID', message);
}

function call<R>(userFunction: (index: number) => R, index: number): R {
  try {
    return userFunction(index);
  } catch (error) {
    if (MillraceError.is(error)) throw error;
    const message = `Generating record ${index} failed: ${messageOf(error)}`;
    throw new MillraceError('USER_FUNCTION_FAILED', message, { cause: error });
  }
}
