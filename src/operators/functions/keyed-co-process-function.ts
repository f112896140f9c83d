import type { Collector } from './collector.ts';
import type { KeyedProcessContext, OnTimerContext } from './keyed-process-function.ts';
import type { RichFunction } from './rich-function.ts';
import type { RuntimeContext } from './runtime-context.ts';

/**
 * A function on two keyed streams: values of both that have equal keys meet in one subtask and share state and timers of that key.
 * Which of two values comes first is chance, unless they come from one source; so a join keeps what has no partner yet:
 *
 *     state = { order: valueState<Order>('order'), payment: valueState<Payment>('payment') };
 */
export abstract class KeyedCoProcessFunction<K, In1, In2, Out> implements RichFunction<Out> {
  /** Only a type: write `ctx: this['Context']`. */
  declare readonly Context: KeyedProcessContext<K>;
  /** Only a type: write `ctx: this['OnTimerContext']`. */
  declare readonly OnTimerContext: OnTimerContext<K>;
  /** Only a type: a function that wants more of its values than the streams carry does not compile. */
  declare readonly Inputs: (value1: In1, value2: In2, key: K) => void;

  /** Emitted values get the record's timestamp. */
  abstract processElement1(value: In1, ctx: this['Context'], out: Collector<Out>): void;
  abstract processElement2(value: In2, ctx: this['Context'], out: Collector<Out>): void;
  /** Emitted values get the timer's time as timestamp in event time, and none in processing time. */
  onTimer?(timestampMs: number, ctx: this['OnTimerContext'], out: Collector<Out>): void;
  open?(ctx: RuntimeContext): void | Promise<void>;
  /** Both inputs have ended and all timers have fired. */
  finish?(out: Collector<Out>): void;
  close?(): void | Promise<void>;
}
