import { NO_TIMESTAMP } from 'millrace';
import type { PollStatus, ReaderContext, ReaderOutput, SourceReader } from 'millrace/connectors';
import { machineNowMs } from './machine-clock.ts';
import type { PacedSplit } from './paced-split.ts';

export interface PacedSettings<T> {
  /** Events/s of all subtasks together. */
  readonly rate: number;
  readonly fill: (n: number) => T;
  /** @param dueMs when the event is due, in ms of the machine's clock */
  readonly make: (n: number, dueMs: number) => T;
  /** 'spin': asks the clock again and again. 'timer': sleeps until the next event is due, at least 1 ms. */
  readonly waiting: 'spin' | 'timer';
}

/**
 * Emits each event as soon as it can once it is due, however late that is: nothing is left out and nothing is moved. The split of
 * the filling is kept until the next one comes, so that a reader that is restored in between knows that it has to ask.
 */
export class PacedReader<T> implements SourceReader<T, PacedSplit> {
  readonly #context: ReaderContext;
  readonly #settings: PacedSettings<T>;
  #split: PacedSplit | undefined;
  #position = 0;
  /** Comes after `#split`. */
  #nextSplit: PacedSplit | undefined;
  #hasAsked = false;
  #hasNoMoreSplits = false;
  #isAwake = true;
  #timer: { cancel(): void } | undefined;

  constructor(context: ReaderContext, settings: PacedSettings<T>) {
    this.#context = context;
    this.#settings = settings;
  }

  start(): void {}

  addSplits(splits: readonly PacedSplit[]): void {
    for (const split of splits) {
      if (this.#split === undefined) this.#begin(split);
      else if (this.#nextSplit === undefined) this.#nextSplit = split;
      else throw new Error('A paced reader has at most two splits');
    }
    this.#context.wakeUp();
  }

  noMoreSplits(): void {
    this.#hasNoMoreSplits = true;
    this.#context.wakeUp();
  }

  poll(output: ReaderOutput<T>, limit: number): PollStatus {
    const split = this.#split;
    if (split === undefined) return this.#hasNoMoreSplits ? 'end' : 'nothing';
    const { startAtMs } = split;
    const isAtEnd =
      startAtMs === undefined
        ? this.#fill(split, output, limit)
        : this.#emitDue({ ...split, startAtMs }, output, limit);
    if (!isAtEnd) return this.#isAwake ? 'more' : 'nothing';
    if (this.#nextSplit === undefined && !this.#hasNoMoreSplits) return this.#ask();
    output.splitFinished(split.splitId);
    this.#split = undefined;
    if (this.#nextSplit !== undefined) this.#begin(this.#nextSplit);
    this.#nextSplit = undefined;
    return 'more';
  }

  snapshotState(): readonly PacedSplit[] {
    const current = this.#split === undefined ? [] : [{ ...this.#split, position: this.#position }];
    return this.#nextSplit === undefined ? current : [...current, this.#nextSplit];
  }

  close(): void {
    this.#timer?.cancel();
  }

  #begin(split: PacedSplit): void {
    this.#split = split;
    this.#position = split.position;
  }

  #ask(): PollStatus {
    if (!this.#hasAsked) this.#context.requestSplit();
    this.#hasAsked = true;
    return 'nothing';
  }

  /** True at the end of the split. */
  #fill({ splitId, residue, modulus, end }: PacedSplit, output: ReaderOutput<T>, limit: number): boolean {
    let n = residue + modulus * this.#position;
    for (let left = limit; n < end && left > 0 && !output.isFull; left--, n += modulus) {
      this.#position++;
      output.collect(splitId, this.#settings.fill(n), NO_TIMESTAMP);
    }
    return n >= end;
  }

  #emitDue(
    { splitId, residue, modulus, end, startAtMs }: PacedSplit & { readonly startAtMs: number },
    output: ReaderOutput<T>,
    limit: number,
  ): boolean {
    const { rate, make } = this.#settings;
    const msPerEvent = 1000 / rate;
    const nowMs = machineNowMs();
    let n = residue + modulus * this.#position;
    let dueMs = startAtMs + n * msPerEvent;
    for (let left = limit; n < end && dueMs <= nowMs && left > 0 && !output.isFull; left--) {
      this.#position++;
      output.collect(splitId, make(n, dueMs), NO_TIMESTAMP);
      n += modulus;
      dueMs = startAtMs + n * msPerEvent;
    }
    if (n < end && dueMs > nowMs) this.#wait(dueMs - nowMs);
    return n >= end;
  }

  #wait(ms: number): void {
    if (this.#settings.waiting === 'spin' || !this.#isAwake) return;
    this.#isAwake = false;
    this.#timer = this.#context.environment.timers.after(ms, () => {
      this.#isAwake = true;
      this.#context.wakeUp();
    });
  }
}
