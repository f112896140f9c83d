import { NO_TIMESTAMP } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { TimeDomain, TimerEntry } from '../base/keyed-state.ts';
import type { OperatorContext, OperatorFactory, OperatorInput } from '../base/operator.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import type { KeySpec } from '../graph/stream-graph.ts';
import { declaredStates } from '../state/descriptors/state-declaration.ts';
import type { StateDeclaration } from '../state/descriptors/state-declaration.ts';
import { declaredStateInfos } from './declared-state-infos.ts';
import { EventTimeProgress } from './event-time-progress.ts';
import type { KeyedProcessFunction } from './functions/keyed-process-function.ts';
import { CurrentKey } from './current-key.ts';
import { KeyedCallContext } from './keyed-call-context.ts';
import { FunctionTimerService } from './function-timer-service.ts';
import { afterSetup } from './not-set-up.ts';
import { rejectThenable } from './promise-check.ts';
import { UserFunctionOperator } from './user-function-operator.ts';

export function keyedProcessOperator<K, In, Out>(fn: KeyedProcessFunction<K, In, Out>, key: KeySpec): OperatorFactory {
  return {
    kind: 'keyed-process',
    states: declaredStateInfos(...declaredStates(fn)),
    isStateful: true,
    create: () => new KeyedProcessOperator(fn, key),
  };
}

class KeyedProcessOperator<K, In, Out> extends UserFunctionOperator<Out> implements OperatorInput {
  readonly #function: KeyedProcessFunction<K, In, Out>;
  readonly #key: KeySpec;
  #running: Running<K, Out> | undefined;

  constructor(fn: KeyedProcessFunction<K, In, Out>, key: KeySpec) {
    super(fn);
    this.#function = fn;
    this.#key = key;
  }

  override input(): OperatorInput {
    return this;
  }

  override setup(context: OperatorContext): void {
    super.setup(context);
    const keys = new CurrentKey(context, this.#key);
    const { backend } = keys;
    const states = declaredStates(this.#function);
    for (const state of states) state.bind(backend, { checkMutation: context.checkMutation });
    const progress = new EventTimeProgress(context, backend.timers, this.#onEventTimer);
    const timerService = new FunctionTimerService(context, backend.timers, progress);
    this.#running = {
      context,
      keys,
      checkedStates: context.checkMutation ? states : [],
      progress,
      callContext: new KeyedCallContext(backend, timerService, this.collector),
    };
  }

  processElement(value: In, timestampMs: EventTimeMs, keyGroup: number): void {
    const { keys, callContext, checkedStates } = afterSetup(this.#running);
    if (this.checkMutation) freezeValue(value);
    keys.set(value, keyGroup);
    this.collector.timestampMs = timestampMs;
    callContext.timestampMs = timestampMs;
    const result: unknown = this.#function.processElement(value, callContext, this.collector);
    if (result !== undefined) rejectThenable(result, 'processElement', this.operatorName);
    for (const state of checkedStates) state.endCall();
    keys.clear();
  }

  processWatermark(watermarkMs: EventTimeMs): void {
    afterSetup(this.#running).progress.advance(watermarkMs);
  }

  fireDue(limit: number): boolean {
    const { keys, progress } = afterSetup(this.#running);
    const isDone = progress.fire(limit);
    keys.clear();
    return isDone;
  }

  nextProcessingTimeMs(): number {
    return afterSetup(this.#running).keys.backend.timers.next('processing-time');
  }

  fireProcessingTime(nowMs: number, limit: number): boolean {
    const { keys } = afterSetup(this.#running);
    const isDone = keys.backend.timers.fire('processing-time', nowMs, limit, this.#onProcessingTimer);
    keys.clear();
    return isDone;
  }

  snapshot(): undefined {
    afterSetup(this.#running).progress.snapshot();
  }

  currentWatermarkMs(): EventTimeMs {
    return afterSetup(this.#running).progress.watermarkMs;
  }

  readonly #onEventTimer = (timer: TimerEntry): void => this.#onTimer(timer, 'event-time', timer.timestampMs);

  readonly #onProcessingTimer = (timer: TimerEntry): void => this.#onTimer(timer, 'processing-time', NO_TIMESTAMP);

  #onTimer(timer: TimerEntry, timeDomain: TimeDomain, resultTimestampMs: EventTimeMs): void {
    const { context, callContext, checkedStates } = afterSetup(this.#running);
    context.metrics.add('numFiredTimers', 1);
    this.collector.timestampMs = resultTimestampMs;
    callContext.timestampMs = timer.timestampMs;
    callContext.timeDomain = timeDomain;
    const result: unknown = this.#function.onTimer?.(timer.timestampMs, callContext, this.collector);
    if (result !== undefined) rejectThenable(result, 'onTimer', this.operatorName);
    for (const state of checkedStates) state.endCall();
  }
}

/** What there is from `setup` on. */
interface Running<K, Out> {
  readonly context: OperatorContext;
  readonly keys: CurrentKey;
  /** The function's states where mutation is checked, else none. */
  readonly checkedStates: readonly StateDeclaration[];
  readonly progress: EventTimeProgress;
  readonly callContext: KeyedCallContext<K, Out>;
}
