/**
 * Event time of one operator: its watermark and what is due by it.
 *
 *   settled --advance--> firing --fire returns true--> settled
 *
 * Firing is bounded and a barrier may come in the middle. So both are state: the watermark, because lateness must be judged after
 * a restore as before it, and whether the operator was still firing, because timers at or below the watermark of a settled operator
 * (registered in the past) wait for the next watermark, while those of an interrupted firing go on at once.
 */
import type { EventTimeMs } from '../base/event-time.ts';
import type { OperatorContext } from '../base/operator.ts';
import type { ListStateHandle } from '../base/operator-state.ts';

/** Fires at most `limit` of what is due at `untilMs`, in order of time. True when none is left. */
export type FireDue = (untilMs: EventTimeMs, limit: number) => boolean;

export class WatermarkProgress {
  /** One element, true, while timers or windows fire. 'union': after rescaling the keys of one subtask are with several. */
  readonly #interrupted: ListStateHandle<boolean>;
  readonly #fireDue: FireDue;
  #watermarkMs: EventTimeMs;
  #isFiring: boolean;

  constructor(context: OperatorContext, fireDue: FireDue) {
    this.#watermarkMs = context.restoredWatermarkMs;
    this.#interrupted = context.operatorState.listState<boolean>('event-time-firing', 'union');
    this.#isFiring = this.#interrupted.get().length > 0;
    this.#fireDue = fireDue;
  }

  get watermarkMs(): EventTimeMs {
    return this.#watermarkMs;
  }

  /** After a restore the inputs begin anew: until they have caught up, their watermarks change nothing. */
  advance(watermarkMs: EventTimeMs): void {
    if (watermarkMs <= this.#watermarkMs) return;
    this.#watermarkMs = watermarkMs;
    this.#isFiring = true;
  }

  /** True when nothing due is left. */
  fire(limit: number): boolean {
    if (!this.#isFiring) return true;
    this.#isFiring = !this.#fireDue(this.#watermarkMs, limit);
    return !this.#isFiring;
  }

  snapshot(): void {
    this.#interrupted.update(this.#isFiring ? [true] : []);
  }
}
