import type { Collector } from './collector.ts';
import type { RichFunction } from './rich-function.ts';

/**
 * Called once for each key and window that has a value of either stream, with all values of both in the order in which they arrived;
 * one of the two may be empty. Emitted values get the window's `maxTimestampMs` as timestamp. What it returns is not emitted.
 */
export type CoGroupFunction<In1, In2, Out> =
  | ((first: Iterable<In1>, second: Iterable<In2>, out: Collector<Out>) => void)
  | RichCoGroupFunction<In1, In2, Out>;

export interface RichCoGroupFunction<In1, In2, Out> extends RichFunction<Out> {
  coGroup: (first: Iterable<In1>, second: Iterable<In2>, out: Collector<Out>) => void;
}
