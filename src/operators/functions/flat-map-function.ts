import type { Collector } from './collector.ts';
import type { RichFunction } from './rich-function.ts';

/** One value in, any number out through `out`. What the function returns is not emitted: returning an array is an error. */
export type FlatMapFunction<In, Out> = ((value: In, out: Collector<Out>) => void) | RichFlatMapFunction<In, Out>;

export interface RichFlatMapFunction<In, Out> extends RichFunction<Out> {
  flatMap(value: In, out: Collector<Out>): void;
}
