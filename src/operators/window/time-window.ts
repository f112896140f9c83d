import type { EventTimeMs } from '../../base/event-time.ts';
import type { Window } from './window-assigner.ts';

/** The span [startMs, endMs) of event time. */
export class TimeWindow implements Window {
  readonly startMs: EventTimeMs;
  /** Exclusive. */
  readonly endMs: EventTimeMs;

  constructor(startMs: EventTimeMs, endMs: EventTimeMs) {
    this.startMs = startMs;
    this.endMs = endMs;
  }

  get maxTimestampMs(): EventTimeMs {
    return this.endMs - 1;
  }
}
