import { NO_TIMESTAMP, hasTimestamp } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { KeyedStateBackend, TimeDomain } from '../base/keyed-state.ts';
import type { OnTimerContext } from './functions/keyed-process-function.ts';
import type { OutputTag } from './functions/output-tag.ts';
import type { TimerService } from './functions/timer-service.ts';
import type { TimestampedCollector } from './timestamped-collector.ts';

/** The context of all calls of one KeyedProcessFunction, for records and timers. The operator sets the times before each call. */
export class KeyedCallContext<K, Out> implements OnTimerContext<K> {
  readonly timerService: TimerService;
  /** Of the record or timer; differs from the collector's for processing-time timers, whose results have none. */
  timestampMs: EventTimeMs = NO_TIMESTAMP;
  timeDomain: TimeDomain = 'event-time';
  readonly #backend: KeyedStateBackend;
  readonly #collector: TimestampedCollector<Out>;

  constructor(backend: KeyedStateBackend, timerService: TimerService, collector: TimestampedCollector<Out>) {
    this.#backend = backend;
    this.timerService = timerService;
    this.#collector = collector;
  }

  get currentKey(): K {
    // The backend holds what the key selector returned, and K is the selector's type.
    return this.#backend.currentKey as K;
  }

  timestamp(): EventTimeMs | null {
    return hasTimestamp(this.timestampMs) ? this.timestampMs : null;
  }

  output<T>(tag: OutputTag<T>, value: T): void {
    this.#collector.collectSide(tag, value);
  }
}
