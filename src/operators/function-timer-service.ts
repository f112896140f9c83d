import type { Clock } from '../base/environment.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import { VOID_NAMESPACE } from '../base/keyed-state.ts';
import type { TimerService as BackendTimers } from '../base/keyed-state.ts';
import type { OperatorContext } from '../base/operator.ts';
import type { EventTimeProgress } from './event-time-progress.ts';
import type { TimerService } from './functions/timer-service.ts';

/** The timer service that user functions see: timers of the current key, without a namespace. The backend checks times. */
export class FunctionTimerService implements TimerService {
  readonly #timers: BackendTimers;
  readonly #progress: EventTimeProgress;
  readonly #clock: Clock;

  constructor(context: OperatorContext, timers: BackendTimers, progress: EventTimeProgress) {
    this.#timers = timers;
    this.#progress = progress;
    this.#clock = context.environment.clock;
  }

  currentWatermark(): EventTimeMs {
    return this.#progress.watermarkMs;
  }

  currentProcessingTime(): number {
    return this.#clock.nowMs();
  }

  registerEventTimeTimer(timestampMs: EventTimeMs): void {
    this.#timers.register('event-time', VOID_NAMESPACE, timestampMs);
  }

  registerProcessingTimeTimer(timestampMs: number): void {
    this.#timers.register('processing-time', VOID_NAMESPACE, timestampMs);
  }

  deleteEventTimeTimer(timestampMs: EventTimeMs): void {
    this.#timers.delete('event-time', VOID_NAMESPACE, timestampMs);
  }

  deleteProcessingTimeTimer(timestampMs: number): void {
    this.#timers.delete('processing-time', VOID_NAMESPACE, timestampMs);
  }
}
