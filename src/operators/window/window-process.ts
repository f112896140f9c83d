import { assert } from '../../base/assert.ts';
import type { Clock } from '../../base/environment.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import { VOID_NAMESPACE } from '../../base/keyed-state.ts';
import type { KeyedStateBackend, Namespace } from '../../base/keyed-state.ts';
import type { OperatorContext } from '../../base/operator.ts';
import { declaredStates } from '../../state/descriptors/state-declaration.ts';
import type { StateDeclaration } from '../../state/descriptors/state-declaration.ts';
import type { WatermarkProgress } from '../watermark-progress.ts';
import type { OutputTag } from '../functions/output-tag.ts';
import type { ProcessWindowContext, ProcessWindowFunction } from '../functions/process-window-function.ts';
import { rejectThenable } from '../promise-check.ts';
import type { TimestampedCollector } from '../timestamped-collector.ts';
import type { Window } from './window-assigner.ts';

export interface WindowProcessOptions<Out> {
  readonly context: OperatorContext;
  readonly backend: KeyedStateBackend;
  readonly progress: WatermarkProgress;
  readonly collector: TimestampedCollector<Out>;
}

/** Calls a ProcessWindowFunction, and is the context that the function sees; one for all windows. */
export class WindowProcess<Out, K, W extends Window> implements ProcessWindowContext<W> {
  readonly #function: ProcessWindowFunction<never, Out, K, W>;
  readonly #progress: WatermarkProgress;
  readonly #collector: TimestampedCollector<Out>;
  readonly #clock: Clock;
  readonly #operatorName: string;
  readonly #windowStates: readonly StateDeclaration[];
  /** The function's states where mutation is checked, else none. */
  readonly #checkedStates: readonly StateDeclaration[];
  #window: W | undefined;
  #namespace: Namespace = VOID_NAMESPACE;

  constructor(
    fn: ProcessWindowFunction<never, Out, K, W>,
    { context, backend, progress, collector }: WindowProcessOptions<Out>,
  ) {
    this.#function = fn;
    this.#progress = progress;
    this.#collector = collector;
    this.#clock = context.environment.clock;
    this.#operatorName = context.operatorName;
    this.#windowStates = windowStatesOf(fn);
    const { checkMutation } = context;
    for (const state of declaredStates(fn)) state.bind(backend, { checkMutation });
    for (const state of this.#windowStates) state.bind(backend, { checkMutation, namespace: () => this.#namespace });
    this.#checkedStates = checkMutation ? WindowProcess.declaredStates(fn) : [];
  }

  /** Of the key, then of the window. */
  static declaredStates(fn: object | undefined): readonly StateDeclaration[] {
    return fn === undefined ? [] : [...declaredStates(fn), ...windowStatesOf(fn)];
  }

  static hasWindowState(fn: object | undefined): boolean {
    return fn !== undefined && windowStatesOf(fn).length > 0;
  }

  get window(): W {
    assert(this.#window !== undefined, 'A window function asks for its window outside a call');
    return this.#window;
  }

  currentWatermark(): EventTimeMs {
    return this.#progress.watermarkMs;
  }

  currentProcessingTime(): number {
    return this.#clock.nowMs();
  }

  output<T>(tag: OutputTag<T>, value: T): void {
    this.#collector.collectSide(tag, value);
  }

  /** The window of a key fires and is removed. `results` are what its contents give. */
  fire(key: unknown, window: W, namespace: Namespace, results: readonly unknown[]): void {
    this.#window = window;
    this.#namespace = namespace;
    // Key and contents are of the types that the API ties the function to.
    const result: unknown = this.#function.process(key as K, this, results as readonly never[], this.#collector);
    if (result !== undefined) rejectThenable(result, 'process', this.#operatorName);
    const cleared: unknown = this.#function.clear?.(this);
    if (cleared !== undefined) rejectThenable(cleared, 'clear', this.#operatorName);
    for (const state of this.#checkedStates) state.endCall();
    for (const state of this.#windowStates) state.clear();
    this.#window = undefined;
  }
}

/** `windowState` is declared as `state` is. */
function windowStatesOf(fn: object): readonly StateDeclaration[] {
  return 'windowState' in fn ? declaredStates({ state: fn.windowState }) : [];
}
