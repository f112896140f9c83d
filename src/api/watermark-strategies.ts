import type { Duration } from '../base/duration.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { WatermarkGenerator, WatermarkStrategy as WatermarkStrategyContract } from '../base/watermark-strategy.ts';
import { durationSettingMs } from './duration-setting.ts';
import { BoundedOutOfOrdernessGenerator, NoWatermarksGenerator } from './watermark-generators.ts';

/** Event time of a record, in ms since the epoch. `recordTimestampMs` is what the source gave, NaN when it gave none. */
export type TimestampAssigner<T> = (value: T, recordTimestampMs: EventTimeMs) => EventTimeMs;

/**
 * How event time follows from records: who assigns timestamps, how far the watermark lags, and when a silent split stops holding
 * the others back. Immutable: each `with...` returns a new one. As in Flink, but the generator's state is part of checkpoints.
 *
 *     WatermarkStrategy.forBoundedOutOfOrderness('5 s')
 *       .withTimestampAssigner((order: Order) => order.timeMs)
 *       .withIdleness('1 min')
 */
export class WatermarkStrategy<T> implements WatermarkStrategyContract<T> {
  readonly createGenerator: () => WatermarkGenerator;
  readonly timestampAssigner: TimestampAssigner<T> | undefined;
  /** ms */
  readonly idleTimeoutMs: number | undefined;

  private constructor(strategy: WatermarkStrategyContract<T>) {
    this.createGenerator = strategy.createGenerator;
    this.timestampAssigner = strategy.timestampAssigner;
    this.idleTimeoutMs = strategy.idleTimeoutMs;
  }

  /** Timestamps of a split never go down: watermark = highest − 1 ms. */
  static forMonotonousTimestamps<T = unknown>(): WatermarkStrategy<T> {
    return WatermarkStrategy.forGenerator(() => new BoundedOutOfOrdernessGenerator(0));
  }

  /**
   * Records come at most `bound` later than the latest: watermark = highest − bound − 1 ms.
   * @throws JOB_DEFINITION_INVALID when the bound is not a duration
   */
  static forBoundedOutOfOrderness<T = unknown>(bound: Duration): WatermarkStrategy<T> {
    const boundMs = durationSettingMs(bound, 'the bound of out-of-orderness', 0);
    return WatermarkStrategy.forGenerator(() => new BoundedOutOfOrdernessGenerator(boundMs));
  }

  /** No watermarks: for jobs that do not use event time. */
  static noWatermarks<T = unknown>(): WatermarkStrategy<T> {
    return WatermarkStrategy.forGenerator(() => new NoWatermarksGenerator());
  }

  /** A generator of your own; called once for each split. */
  static forGenerator<T = unknown>(createGenerator: () => WatermarkGenerator): WatermarkStrategy<T> {
    return new WatermarkStrategy<T>({ createGenerator, timestampAssigner: undefined, idleTimeoutMs: undefined });
  }

  /** Replaces the timestamps that the source gives. */
  withTimestampAssigner<U extends T>(timestampAssigner: TimestampAssigner<U>): WatermarkStrategy<U> {
    return new WatermarkStrategy<U>({ ...this.#parts(), timestampAssigner });
  }

  /**
   * A split without records for this long counts as idle: it holds back nobody's watermark until its next record.
   * @throws JOB_DEFINITION_INVALID when it is not a duration of at least 1 ms
   */
  withIdleness(timeout: Duration): WatermarkStrategy<T> {
    return new WatermarkStrategy<T>({ ...this.#parts(), idleTimeoutMs: durationSettingMs(timeout, 'idleness', 1) });
  }

  #parts(): WatermarkStrategyContract<T> {
    const { createGenerator, timestampAssigner, idleTimeoutMs } = this;
    return { createGenerator, timestampAssigner, idleTimeoutMs };
  }
}
