/**
 * assignTimestampsAndWatermarks in the middle of a stream: gives records new timestamps and makes the watermarks from them.
 * Upstream's watermarks and statuses end here, but for the last one. Semantics are those of Flink's TimestampsAndWatermarksOperator.
 *
 * The generator's state and the watermark are kept in checkpoints, as for splits of a source; how long the stream has been quiet is
 * not, because the clock went on meanwhile.
 */
import { MillraceError } from '../base/errors.ts';
import { hasTimestamp, isEventTime, WATERMARK_MAX, WATERMARK_MIN } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import { IdlenessTimer } from '../base/idleness-timer.ts';
import type { OperatorContext, OperatorFactory, OperatorInput, StreamOperator } from '../base/operator.ts';
import type { ListStateHandle } from '../base/operator-state.ts';
import type { WatermarkGenerator, WatermarkStrategy } from '../base/watermark-strategy.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import { afterSetup } from './not-set-up.ts';
import { isPromise, promiseNotAllowed } from './promise-check.ts';

/** pipeline.auto-watermark-interval */
const DEFAULT_INTERVAL_MS = 200;

export function timestampsAndWatermarksOperator<T>(strategy: WatermarkStrategy<T>): OperatorFactory {
  return {
    kind: 'timestamps-and-watermarks',
    states: [],
    isStateful: true,
    create: () => new TimestampsAndWatermarksOperator(strategy),
  };
}

interface GeneratorSnapshot {
  readonly watermarkMs: EventTimeMs;
  readonly generator: unknown;
}

class TimestampsAndWatermarksOperator<T> implements StreamOperator, OperatorInput {
  readonly makesWatermarks: boolean = true;
  readonly #strategy: WatermarkStrategy<T>;
  readonly #generator: WatermarkGenerator;
  readonly #idleness: IdlenessTimer | undefined;
  #context: OperatorContext | undefined;
  #snapshots: ListStateHandle<GeneratorSnapshot> | undefined;
  #watermarkMs: EventTimeMs = WATERMARK_MIN;
  /** Channels begin anew with a restore: they are told the watermark once more, or they would hold it back until it grows. */
  #isToRepeat = false;
  #isIdle = false;
  /** Infinity: no periodic watermarks. */
  #nextPeriodMs = Number.POSITIVE_INFINITY;

  constructor(strategy: WatermarkStrategy<T>) {
    this.#strategy = strategy;
    this.#generator = strategy.createGenerator();
    this.#idleness = strategy.idleTimeoutMs === undefined ? undefined : new IdlenessTimer(strategy.idleTimeoutMs);
  }

  input(): OperatorInput {
    return this;
  }

  setup(context: OperatorContext): void {
    this.#context = context;
    this.#snapshots = context.operatorState.listState<GeneratorSnapshot>('watermark-generator', 'split');
    // After scaling down there are several, of which only the slowest is safe for all; after scaling up some subtasks have none.
    const [slowest] = this.#snapshots.get().toSorted((a, b) => (a.watermarkMs < b.watermarkMs ? -1 : 1));
    if (slowest !== undefined) this.#generator.restore(slowest.generator);
    this.#watermarkMs = slowest?.watermarkMs ?? context.restoredWatermarkMs;
    this.#isToRepeat = this.#watermarkMs > WATERMARK_MIN;
  }

  open(): void {
    this.#scheduleFrom(afterSetup(this.#context).environment.clock.nowMs());
  }

  processElement(value: T, recordTimestampMs: EventTimeMs): void {
    const context = afterSetup(this.#context);
    if (context.checkMutation) freezeValue(value);
    const timestampMs = this.#timestampOf(value, recordTimestampMs, context);
    this.#idleness?.onRecord();
    context.output.collect(value, timestampMs);
    if (!hasTimestamp(timestampMs)) return;
    const watermarkMs = this.#generator.onEvent(timestampMs, value);
    if (watermarkMs !== undefined) this.#emitWatermark(watermarkMs);
    if (this.#generator.isIdle?.() === true) this.#markIdle();
  }

  processWatermark(watermarkMs: EventTimeMs): void {
    if (watermarkMs === WATERMARK_MAX) this.#emitWatermark(WATERMARK_MAX);
  }

  fireDue(): boolean {
    if (this.#isToRepeat) afterSetup(this.#context).emitWatermark(this.#watermarkMs);
    this.#isToRepeat = false;
    return true;
  }

  nextProcessingTimeMs(): number {
    return this.#nextPeriodMs;
  }

  fireProcessingTime(nowMs: number): boolean {
    if (nowMs < this.#nextPeriodMs) return true;
    const { clock } = afterSetup(this.#context).environment;
    if (this.#idleness?.isIdle(clock.monotonicMs()) === true || this.#generator.isIdle?.() === true) this.#markIdle();
    else this.#emitWatermark(this.#generator.current());
    this.#scheduleFrom(nowMs);
    return true;
  }

  snapshot(): undefined {
    afterSetup(this.#snapshots).update([{ watermarkMs: this.#watermarkMs, generator: this.#generator.snapshot() }]);
  }

  currentWatermarkMs(): EventTimeMs {
    return this.#watermarkMs;
  }

  #timestampOf(value: T, recordTimestampMs: EventTimeMs, context: OperatorContext): EventTimeMs {
    const { timestampAssigner } = this.#strategy;
    if (timestampAssigner === undefined) return recordTimestampMs;
    const timestampMs: unknown = timestampAssigner(value, recordTimestampMs);
    if (isEventTime(timestampMs)) return timestampMs;
    if (isPromise(timestampMs)) throw promiseNotAllowed(timestampMs, 'the timestamp assigner', context.operatorName);
    throw new MillraceError(
      'TIMESTAMP_INVALID',
      `Assigning a timestamp in operator '${context.operatorName}' failed: '${String(timestampMs)}' is not an integer number of milliseconds`,
    );
  }

  /** Only a watermark that grows makes the stream active again. */
  #emitWatermark(watermarkMs: EventTimeMs): void {
    if (!(watermarkMs > this.#watermarkMs)) return;
    const context = afterSetup(this.#context);
    this.#watermarkMs = watermarkMs;
    if (this.#isIdle) {
      this.#isIdle = false;
      context.emitStatus(false);
    }
    context.emitWatermark(watermarkMs);
  }

  #markIdle(): void {
    if (this.#isIdle) return;
    this.#isIdle = true;
    afterSetup(this.#context).emitStatus(true);
  }

  #scheduleFrom(nowMs: number): void {
    const intervalMs = afterSetup(this.#context).autoWatermarkIntervalMs ?? DEFAULT_INTERVAL_MS;
    if (intervalMs > 0) this.#nextPeriodMs = nowMs + intervalMs;
  }
}
