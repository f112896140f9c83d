import type { RichFunction } from './rich-function.ts';

/**
 * Combines two values of one key into one of the same type; must be associative. `accumulated` belongs to the operator and may be
 * changed and returned; `value` is a record and must not be changed. Synchronous.
 */
export type ReduceFunction<T> = ((accumulated: T, value: T) => T) | RichReduceFunction<T>;

export interface RichReduceFunction<T> extends RichFunction<T> {
  reduce(accumulated: T, value: T): T;
}
