/**
 * The head of a source subtask: drives the reader, gives records their timestamps, and makes watermarks split by split. A
 * split's watermark generator is part of the split's position: it is snapshotted and restored with it, so that after a restore
 * a record is judged late by the same watermark as before.
 *
 * A reader without splits is idle once the enumerator has said that it has none for it. While it waits for an answer it holds the
 * watermark back instead: its split may begin earlier than what other readers have read meanwhile.
 *
 * Ordered sources: the enumerator says which event time the earliest split that is not yet assigned may hold. The reader counts
 * that bound as one more split, so that its watermark stays below it; and it stays active between two splits, because the next
 * one may be earlier than what other readers read now.
 */
import { assert, must } from '../base/assert.ts';
import type { SourceEvent } from '../base/control-plane.ts';
import type { Environment } from '../base/environment.ts';
import { MillraceError } from '../base/errors.ts';
import { isEventTime, WATERMARK_MAX, WATERMARK_MIN } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import { IdlenessTimer } from '../base/idleness-timer.ts';
import type { CheckpointId } from '../base/ids.ts';
import { isThenable, promiseNotAllowed } from '../base/promise-not-allowed.ts';
import type { ReaderOutput, Source, SourceReader, SourceSplit } from '../base/source.ts';
import type { WatermarkGenerator, WatermarkStrategy } from '../base/watermark-strategy.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import { guard } from './chain-output.ts';
import type { ChainOutput, NamedOperator } from './chain-output.ts';
import type { SubtaskInput } from './subtask-input.ts';
import { WatermarkMultiplexer } from './watermark-multiplexer.ts';

/** One element of the list state 'splits': Flink's split state plus the generator's. */
export interface SplitPosition {
  readonly split: SourceSplit;
  readonly generator: unknown;
  /** The split's, as it last counted: a generator need not remember it, and it may have been on its way when the barrier left. */
  readonly watermarkMs: EventTimeMs;
}

export interface SourceInputOptions {
  readonly source: Source<unknown>;
  /** Named in errors of the reader and of the watermark strategy. */
  readonly head: NamedOperator;
  readonly reader: SourceReader<unknown, SourceSplit>;
  readonly watermarks: WatermarkStrategy<unknown>;
  readonly output: ChainOutput;
  readonly environment: Environment;
  readonly autoWatermarkIntervalMs: number;
  readonly freezeValues: boolean;
  /** True when no further record may be emitted in this step. */
  readonly isFull: () => boolean;
  /** False while an earlier watermark is still on its way through the chain: `onWatermark` must not be called then. */
  readonly isWatermarkFree: () => boolean;
  readonly onWatermark: (watermarkMs: EventTimeMs) => void;
  readonly onStatus: (isIdle: boolean) => void;
}

interface SplitState {
  readonly generator: WatermarkGenerator;
  readonly idleness: IdlenessTimer | undefined;
  /** The generator says itself when the split is idle: asked after each record. */
  readonly knowsIdle: boolean;
}

/** The name under which the bound of unassigned splits takes part; no split id can be empty. */
const UNASSIGNED = '';

export class SourceInput implements ReaderOutput<unknown>, SubtaskInput {
  readonly bytesRead = undefined;
  readonly #options: SourceInputOptions;
  // Of the options, for the path of a record.
  readonly #output: ChainOutput;
  readonly #timestampAssigner: WatermarkStrategy<unknown>['timestampAssigner'];
  readonly #freezesValues: boolean;
  readonly #isFull: () => boolean;
  readonly #multiplexer: WatermarkMultiplexer;
  readonly #splits = new Map<string, SplitState>();
  /** The split of the last record, which is mostly that of the next one. */
  #lastSplitId: string | undefined;
  #lastState: SplitState | undefined;
  #isIdle = false;
  /** What was last sent; it follows `#isIdle` when no watermark is held. */
  #isSentIdle = false;
  #hasNoMoreSplits = false;
  /** False once the enumerator has said that there is nothing for this reader, until it gives it something. */
  #awaitsSplits = true;
  #isEnded = false;
  /** A watermark that found the chain busy: it goes on, or a later one in its place, as soon as the chain is free. */
  #heldWatermarkMs: EventTimeMs | undefined;
  #recordsRead = 0;
  /** Of the monotonic clock: a wall clock that is set back must not stop the watermarks. */
  #nextPeriodMs: number;

  constructor(options: SourceInputOptions) {
    this.#options = options;
    this.#output = options.output;
    this.#timestampAssigner = options.watermarks.timestampAssigner;
    this.#freezesValues = options.freezeValues;
    this.#isFull = options.isFull;
    this.#multiplexer = new WatermarkMultiplexer({
      emitWatermark: (watermarkMs) => this.#emitWatermark(watermarkMs),
      markIdle: () => this.#setIdle(true),
    });
    this.#nextPeriodMs = options.environment.clock.monotonicMs() + options.autoWatermarkIntervalMs;
    if (options.source.hasOrderedSplits) this.#multiplexer.register(UNASSIGNED);
  }

  /** Records that the reader has emitted. */
  get recordsRead(): number {
    return this.#recordsRead;
  }

  /** All splits are read and no more will come; WATERMARK_MAX was sent. */
  get isEnded(): boolean {
    return this.#isEnded && this.#heldWatermarkMs === undefined;
  }

  get isFull(): boolean {
    return this.#isFull();
  }

  async start(restored: readonly SplitPosition[]): Promise<void> {
    await this.#options.reader.start();
    for (const { split, generator, watermarkMs } of restored) {
      this.#register(split.splitId, generator);
      this.#multiplexer.emitDeferred(split.splitId, watermarkMs);
    }
    if (restored.length === 0) return;
    // Before the first record: channels have begun anew, and records are late by the same watermark as without the restore.
    this.#multiplexer.emitPeriodic();
    this.#options.reader.addSplits(restored.map(({ split }) => split));
  }

  handleEvent(event: SourceEvent): void {
    guard(this.#options.head, () => this.#handleEvent(event));
  }

  #handleEvent(event: SourceEvent): void {
    switch (event.kind) {
      case 'add-splits':
        this.#awaitsSplits = true;
        for (const split of event.splits) this.#register(split.splitId, undefined);
        this.#options.reader.addSplits(event.splits);
        return;
      case 'no-splits-yet':
        this.#awaitsSplits = false;
        return;
      case 'no-more-splits':
        this.#awaitsSplits = false;
        this.#hasNoMoreSplits = true;
        this.#releaseBound();
        this.#options.reader.noMoreSplits();
        return;
      case 'unassigned-lower-bound':
        this.#raiseBound(event.timestampMs);
        return;
    }
  }

  /** Emits up to `limit` records; true when it emitted any or reached the end. */
  poll(limit: number): boolean {
    return guard(this.#options.head, () => this.#poll(limit));
  }

  #poll(limit: number): boolean {
    if (this.#sendHeldWatermark()) return true;
    if (this.#isEnded) return false;
    const before = this.#recordsRead;
    const status = this.#options.reader.poll(this, limit);
    if (status === 'end') this.#end();
    return this.#recordsRead > before || status !== 'nothing';
  }

  /** ms until the next periodic watermark is due, Infinity for never. */
  get untilPeriodMs(): number {
    if (this.#isEnded) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#nextPeriodMs - this.#options.environment.clock.monotonicMs());
  }

  /**
   * Called when a period is due and the chain is free: asks the generators, sends what the splits agree on.
   * @param nowMs of the monotonic clock
   */
  onPeriod(nowMs: number): void {
    guard(this.#options.head, () => this.#onPeriod(nowMs));
  }

  #onPeriod(nowMs: number): void {
    this.#nextPeriodMs = nowMs + this.#options.autoWatermarkIntervalMs;
    if (this.#isEnded || this.#sendHeldWatermark()) return;
    // An ordered source has the bound of what is unassigned in place of splits.
    if (this.#splits.size === 0 && this.#awaitsSplits && !this.#options.source.hasOrderedSplits) return;
    for (const [splitId, { generator, idleness }] of this.#splits) {
      if (idleness?.isIdle(nowMs) === true || generator.isIdle?.() === true)
        this.#multiplexer.markIdleDeferred(splitId);
      else this.#multiplexer.emitDeferred(splitId, generator.current());
    }
    this.#multiplexer.emitPeriodic();
  }

  snapshot(checkpointId: CheckpointId): readonly SplitPosition[] {
    return guard(this.#options.head, () => this.#snapshot(checkpointId));
  }

  #snapshot(checkpointId: CheckpointId): readonly SplitPosition[] {
    if (this.#isEnded) return [];
    return this.#options.reader.snapshotState(checkpointId).map((split) => ({
      split,
      generator: must(
        this.#splits.get(split.splitId),
        `watermark state of split '${split.splitId}'`,
      ).generator.snapshot(),
      watermarkMs: this.#multiplexer.watermarkOf(split.splitId),
    }));
  }

  checkpointCompleted(checkpointId: CheckpointId): void {
    guard(this.#options.head, () => this.#options.reader.notifyCheckpointComplete?.(checkpointId));
  }

  close(): void | Promise<void> {
    return this.#options.reader.close();
  }

  collect(splitId: string, value: unknown, recordTimestampMs: EventTimeMs): void {
    const lastState = splitId === this.#lastSplitId ? this.#lastState : undefined;
    const { generator, idleness, knowsIdle } = lastState ?? this.#look(splitId);
    const assigner = this.#timestampAssigner;
    let timestampMs = recordTimestampMs;
    if (assigner !== undefined) {
      timestampMs = assigner(value, recordTimestampMs);
      if (!isEventTime(timestampMs)) refuseTimestamp(timestampMs);
    }
    if (this.#freezesValues) freezeValue(value);
    this.#recordsRead++;
    if (idleness !== undefined) idleness.onRecord();
    const watermarkMs = generator.onEvent(timestampMs, value);
    this.#output.collect(value, timestampMs);
    if (watermarkMs !== undefined) this.#multiplexer.emitImmediate(splitId, watermarkMs);
    else if (knowsIdle && generator.isIdle?.() === true) this.#multiplexer.markIdleImmediate(splitId);
  }

  collectSide(tagId: string, value: unknown): void {
    this.#options.output.collectSide(tagId, value, Number.NaN);
  }

  splitFinished(splitId: string): void {
    // What the split knew last counts before it leaves, or its records' own time would be forgotten.
    const state = must(this.#splits.get(splitId), `split '${splitId}'`);
    this.#multiplexer.emitDeferred(splitId, state.generator.current());
    this.#multiplexer.emitPeriodic();
    this.#multiplexer.unregister(splitId);
    this.#splits.delete(splitId);
    if (this.#lastSplitId === splitId) this.#lastSplitId = undefined;
  }

  #register(splitId: string, generatorState: unknown): void {
    assert(splitId !== UNASSIGNED && !this.#splits.has(splitId), () => `Split '${splitId}' was assigned twice`);
    const { createGenerator, idleTimeoutMs } = this.#options.watermarks;
    const generator = createGenerator();
    if (generatorState !== undefined) generator.restore(generatorState);
    this.#splits.set(splitId, {
      generator,
      idleness: idleTimeoutMs === undefined ? undefined : new IdlenessTimer(idleTimeoutMs),
      knowsIdle: generator.isIdle !== undefined,
    });
    this.#multiplexer.register(splitId);
    this.#setIdle(false);
  }

  #raiseBound(timestampMs: EventTimeMs): void {
    if (!this.#options.source.hasOrderedSplits || this.#hasNoMoreSplits) return;
    if (timestampMs === Number.POSITIVE_INFINITY) this.#releaseBound();
    else this.#multiplexer.emitDeferred(UNASSIGNED, timestampMs - 1);
  }

  #releaseBound(): void {
    if (this.#options.source.hasOrderedSplits) this.#multiplexer.unregister(UNASSIGNED);
  }

  #end(): void {
    assert(this.#splits.size === 0, () => `The reader ended with ${this.#splits.size} splits that are not finished`);
    this.#isEnded = true;
    this.#emitWatermark(WATERMARK_MAX);
  }

  #emitWatermark(watermarkMs: EventTimeMs): void {
    if (watermarkMs === WATERMARK_MIN) return;
    this.#setIdle(false);
    if (this.#options.isWatermarkFree()) this.#options.onWatermark(watermarkMs);
    else this.#heldWatermarkMs = watermarkMs;
  }

  #sendHeldWatermark(): boolean {
    const heldMs = this.#heldWatermarkMs;
    if (heldMs === undefined || !this.#options.isWatermarkFree()) return false;
    this.#heldWatermarkMs = undefined;
    this.#sendStatus(false);
    this.#options.onWatermark(heldMs);
    this.#sendStatus(this.#isIdle);
    return true;
  }

  #setIdle(isIdle: boolean): void {
    this.#isIdle = isIdle;
    if (this.#heldWatermarkMs === undefined) this.#sendStatus(isIdle);
  }

  #sendStatus(isIdle: boolean): void {
    if (this.#isSentIdle === isIdle) return;
    this.#isSentIdle = isIdle;
    this.#options.onStatus(isIdle);
  }

  #look(splitId: string): SplitState {
    const state = must(this.#splits.get(splitId), `split '${splitId}'`);
    this.#lastSplitId = splitId;
    this.#lastState = state;
    return state;
  }
}

function refuseTimestamp(timestampMs: unknown): never {
  if (isThenable(timestampMs)) {
    throw promiseNotAllowed(timestampMs, 'Assigning a timestamp failed: the assigner returned a promise');
  }
  const shown = typeof timestampMs === 'number' ? `'${timestampMs}'` : `a ${typeof timestampMs}`;
  throw new MillraceError('TIMESTAMP_INVALID', `Assigning a timestamp failed: the assigner returned ${shown}`);
}
