import type { TimerEntry, TimerService } from '../base/keyed-state.ts';
import type { OperatorContext } from '../base/operator.ts';
import { WatermarkProgress } from './watermark-progress.ts';

/** Event time of an operator whose timers are those of its state backend. */
export class EventTimeProgress extends WatermarkProgress {
  /** @param onTimer called with the timer's key as the current one */
  constructor(context: OperatorContext, timers: TimerService, onTimer: (timer: TimerEntry) => void) {
    super(context, (untilMs, limit) => timers.fire('event-time', untilMs, limit, onTimer));
  }
}
