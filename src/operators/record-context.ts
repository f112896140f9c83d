import type { Clock } from '../base/environment.ts';
import { hasTimestamp, WATERMARK_MIN } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorContext } from '../base/operator.ts';
import type { OutputTag } from './functions/output-tag.ts';
import type { ProcessContext } from './functions/process-function.ts';
import type { TimeService } from './functions/timer-service.ts';
import { CLOCK_NOT_SET_UP } from './not-set-up.ts';
import type { TimestampedCollector } from './timestamped-collector.ts';

/** The context of a function without key. One for all records: it reads the timestamp that the collector has anyway. */
export class RecordContext<Out> implements ProcessContext {
  readonly timerService: OperatorTimes = new OperatorTimes();
  readonly #collector: TimestampedCollector<Out>;

  constructor(collector: TimestampedCollector<Out>) {
    this.#collector = collector;
  }

  timestamp(): EventTimeMs | null {
    const { timestampMs } = this.#collector;
    return hasTimestamp(timestampMs) ? timestampMs : null;
  }

  output<T>(tag: OutputTag<T>, value: T): void {
    this.#collector.collectSide(tag, value);
  }
}

class OperatorTimes implements TimeService {
  watermarkMs: EventTimeMs = WATERMARK_MIN;
  #clock: Clock = CLOCK_NOT_SET_UP;

  setup(context: OperatorContext): void {
    this.watermarkMs = context.restoredWatermarkMs;
    this.#clock = context.environment.clock;
  }

  /** After a restore the inputs begin anew, below the restored watermark. */
  advance(watermarkMs: EventTimeMs): void {
    if (watermarkMs > this.watermarkMs) this.watermarkMs = watermarkMs;
  }

  currentWatermark(): EventTimeMs {
    return this.watermarkMs;
  }

  currentProcessingTime(): number {
    return this.#clock.nowMs();
  }
}
