import { must } from '../base/assert.ts';
import { NO_TIMESTAMP } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { KeyedStateBackend, TimeDomain, TimerEntry } from '../base/keyed-state.ts';
import type { OperatorContext } from '../base/operator.ts';
import { declaredStates } from '../state/descriptors/state-declaration.ts';
import type { StateDeclaration } from '../state/descriptors/state-declaration.ts';
import { EventTimeProgress } from './event-time-progress.ts';
import type { Collector } from './functions/collector.ts';
import type { OnTimerContext } from './functions/keyed-process-function.ts';
import type { RichFunction } from './functions/rich-function.ts';
import { FunctionTimerService } from './function-timer-service.ts';
import { KeyedCallContext } from './keyed-call-context.ts';
import { afterSetup } from './not-set-up.ts';
import { rejectThenable } from './promise-check.ts';
import { UserFunctionOperator } from './user-function-operator.ts';

/** A function with declared states and timers, both of the current key. */
export interface KeyedFunction<K, Out> extends RichFunction<Out> {
  onTimer?(timestampMs: number, ctx: OnTimerContext<K>, out: Collector<Out>): void;
}

/** What there is from `setup` on. */
export interface RunningKeyedFunction<K, Out> {
  readonly context: OperatorContext;
  readonly backend: KeyedStateBackend;
  /** The function's states where mutation is checked, else none. */
  readonly checkedStates: readonly StateDeclaration[];
  readonly progress: EventTimeProgress;
  readonly callContext: KeyedCallContext<K, Out>;
}

/** Binds the states of a keyed function and fires its timers. Subclasses add the record path: one input, or two. */
export abstract class KeyedFunctionOperator<K, Out> extends UserFunctionOperator<Out> {
  protected running: RunningKeyedFunction<K, Out> | undefined;
  readonly #function: KeyedFunction<K, Out>;

  constructor(fn: KeyedFunction<K, Out>) {
    super(fn);
    this.#function = fn;
  }

  override setup(context: OperatorContext): void {
    super.setup(context);
    const backend = must(context.keyedState, `keyed state of operator '${context.operatorName}'`);
    const states = declaredStates(this.#function);
    for (const state of states) state.bind(backend, { checkMutation: context.checkMutation });
    const progress = new EventTimeProgress(context, backend.timers, this.#onEventTimer);
    const timerService = new FunctionTimerService(context, backend.timers, progress);
    this.running = {
      context,
      backend,
      checkedStates: context.checkMutation ? states : [],
      progress,
      callContext: new KeyedCallContext(backend, timerService, this.collector),
    };
  }

  processWatermark(watermarkMs: EventTimeMs): void {
    afterSetup(this.running).progress.advance(watermarkMs);
  }

  fireDue(limit: number): boolean {
    const { backend, progress } = afterSetup(this.running);
    const isDone = progress.fire(limit);
    backend.clearCurrentKey();
    return isDone;
  }

  nextProcessingTimeMs(): number {
    return afterSetup(this.running).backend.timers.next('processing-time');
  }

  fireProcessingTime(nowMs: number, limit: number): boolean {
    const { backend } = afterSetup(this.running);
    const isDone = backend.timers.fire('processing-time', nowMs, limit, this.#onProcessingTimer);
    backend.clearCurrentKey();
    return isDone;
  }

  snapshot(): undefined {
    afterSetup(this.running).progress.snapshot();
  }

  currentWatermarkMs(): EventTimeMs {
    return afterSetup(this.running).progress.watermarkMs;
  }

  readonly #onEventTimer = (timer: TimerEntry): void => this.#onTimer(timer, 'event-time', timer.timestampMs);

  readonly #onProcessingTimer = (timer: TimerEntry): void => this.#onTimer(timer, 'processing-time', NO_TIMESTAMP);

  #onTimer(timer: TimerEntry, timeDomain: TimeDomain, resultTimestampMs: EventTimeMs): void {
    const { context, callContext, checkedStates } = afterSetup(this.running);
    context.metrics.add('numFiredTimers', 1);
    this.collector.timestampMs = resultTimestampMs;
    callContext.timestampMs = timer.timestampMs;
    callContext.timeDomain = timeDomain;
    const result: unknown = this.#function.onTimer?.(timer.timestampMs, callContext, this.collector);
    if (result !== undefined) rejectThenable(result, 'onTimer', this.operatorName);
    for (const state of checkedStates) state.endCall();
  }
}
