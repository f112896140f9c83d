import type { RichFunction } from './rich-function.ts';

/** True keeps the value. Synchronous: a promise, which would count as true, is PROMISE_NOT_ALLOWED. */
export type FilterFunction<T> = ((value: T) => boolean) | RichFilterFunction<T>;

export interface RichFilterFunction<T> extends RichFunction<T> {
  filter(value: T): boolean;
}
