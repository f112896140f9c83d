import type { Collector } from './collector.ts';
import type { RichFunction } from './rich-function.ts';

/**
 * Any number of values out, through `out`, for each value of either stream. What the methods return is not emitted: returning an
 * array is an error.
 */
export interface CoFlatMapFunction<In1, In2, Out> extends RichFunction<Out> {
  flatMap1: (value: In1, out: Collector<Out>) => void;
  flatMap2: (value: In2, out: Collector<Out>) => void;
}
