import type { RichFunction } from './rich-function.ts';

/**
 * One value out for each value of either stream: `{ map1: (order) => ..., map2: (rate) => ... }`. Synchronous: a promise is
 * PROMISE_NOT_ALLOWED.
 */
export interface CoMapFunction<In1, In2, Out> extends RichFunction<Out> {
  map1: (value: In1) => Out;
  map2: (value: In2) => Out;
}
