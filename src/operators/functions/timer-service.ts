import type { EventTimeMs } from '../../base/event-time.ts';

/** The two times of an operator. */
export interface TimeService {
  /** The operator's watermark: -Infinity before the first one, Infinity after the end of input. */
  currentWatermark(): EventTimeMs;
  /** Wall clock, ms since the epoch. */
  currentProcessingTime(): number;
}

/**
 * Timers of the current key. A timer is known by its time: registering it twice fires it once. Timers at or below the watermark
 * do not fire at once but with the next watermark; those registered by `onTimer` that are due fire in the same round.
 */
export interface TimerService extends TimeService {
  /** Integer ms, or Infinity for the end of input. TIMESTAMP_INVALID otherwise. */
  registerEventTimeTimer(timestampMs: EventTimeMs): void;
  registerProcessingTimeTimer(timestampMs: number): void;
  /** Nothing happens when there is no such timer. */
  deleteEventTimeTimer(timestampMs: EventTimeMs): void;
  deleteProcessingTimeTimer(timestampMs: number): void;
}
