import type { TimeDomain } from '../../base/keyed-state.ts';
import type { Collector } from './collector.ts';
import type { ProcessContext } from './process-function.ts';
import type { RichFunction } from './rich-function.ts';
import type { RuntimeContext } from './runtime-context.ts';
import type { TimerService } from './timer-service.ts';

/** Valid during the call it was given to. */
export interface KeyedProcessContext<K> extends ProcessContext {
  readonly currentKey: K;
  readonly timerService: TimerService;
}

/** `timestamp()` is the timer's time. */
export interface OnTimerContext<K> extends KeyedProcessContext<K> {
  readonly timeDomain: TimeDomain;
}

/**
 * A function on a keyed stream with state and timers, both of the current key. States are declared as a field, so that they are
 * part of the job graph and checked before the first record:
 *
 *     state = { count: valueState<number>('count') };
 */
export abstract class KeyedProcessFunction<K, In, Out> implements RichFunction<Out> {
  /** Only a type: write `ctx: this['Context']`. */
  declare readonly Context: KeyedProcessContext<K>;
  /** Only a type: write `ctx: this['OnTimerContext']`. */
  declare readonly OnTimerContext: OnTimerContext<K>;
  /** Only a type: a function that wants more of its values than the stream carries does not compile. */
  declare readonly Input: (value: In, key: K) => void;

  /** Emitted values get the record's timestamp. */
  abstract processElement(value: In, ctx: this['Context'], out: Collector<Out>): void;
  /** Emitted values get the timer's time as timestamp in event time, and none in processing time. */
  onTimer?(timestampMs: number, ctx: this['OnTimerContext'], out: Collector<Out>): void;
  open?(ctx: RuntimeContext): void | Promise<void>;
  finish?(out: Collector<Out>): void;
  close?(): void | Promise<void>;
}
