import type { RichFunction } from './rich-function.ts';

/** One value in, one value out. Synchronous: a promise is PROMISE_NOT_ALLOWED. */
export type MapFunction<In, Out> = ((value: In) => Out) | RichMapFunction<In, Out>;

export interface RichMapFunction<In, Out> extends RichFunction<Out> {
  map(value: In): Out;
}
