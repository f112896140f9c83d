import type { Clock } from '../base/environment.ts';
import { MillraceError } from '../base/errors.ts';
import { isEventTime } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import { VOID_NAMESPACE } from '../base/keyed-state.ts';
import type { TimerService as BackendTimers } from '../base/keyed-state.ts';
import type { OperatorContext } from '../base/operator.ts';
import type { EventTimeProgress } from './event-time-progress.ts';
import type { TimerService } from './functions/timer-service.ts';

/** The timer service that user functions see: timers of the current key, without a namespace. */
export class KeyedTimerService implements TimerService {
  readonly #timers: BackendTimers;
  readonly #progress: EventTimeProgress;
  readonly #clock: Clock;
  readonly #operatorName: string;

  constructor(context: OperatorContext, timers: BackendTimers, progress: EventTimeProgress) {
    this.#timers = timers;
    this.#progress = progress;
    this.#clock = context.environment.clock;
    this.#operatorName = context.operatorName;
  }

  currentWatermark(): EventTimeMs {
    return this.#progress.watermarkMs;
  }

  currentProcessingTime(): number {
    return this.#clock.nowMs();
  }

  registerEventTimeTimer(timestampMs: EventTimeMs): void {
    this.#check(timestampMs);
    this.#timers.register('event-time', VOID_NAMESPACE, timestampMs);
  }

  registerProcessingTimeTimer(timestampMs: number): void {
    this.#check(timestampMs);
    this.#timers.register('processing-time', VOID_NAMESPACE, timestampMs);
  }

  deleteEventTimeTimer(timestampMs: EventTimeMs): void {
    this.#timers.delete('event-time', VOID_NAMESPACE, timestampMs);
  }

  deleteProcessingTimeTimer(timestampMs: number): void {
    this.#timers.delete('processing-time', VOID_NAMESPACE, timestampMs);
  }

  /** The infinities are times too: the watermark before the first one plus 1, and the end of input. */
  #check(timestampMs: number): void {
    if (isEventTime(timestampMs) || timestampMs === Number.POSITIVE_INFINITY || timestampMs === Number.NEGATIVE_INFINITY) return;
    throw new MillraceError(
      'TIMESTAMP_INVALID',
      `Registering a timer in operator '${this.#operatorName}' failed: '${timestampMs}' is not an integer number of milliseconds`,
    );
  }
}
