import type { Collector } from './collector.ts';
import type { RichFunction } from './rich-function.ts';
import type { RuntimeContext } from './runtime-context.ts';

/** One result for each pair of a window join. Synchronous: a promise is PROMISE_NOT_ALLOWED. For any number of results: FlatJoinFunction. */
export type JoinFunction<In1, In2, Out> = ((first: In1, second: In2) => Out) | RichJoinFunction<In1, In2, Out>;

export interface RichJoinFunction<In1, In2, Out> extends RichFunction<Out> {
  join: (first: In1, second: In2) => Out;
}

/** Any number of results for each pair of a window join. A class, because a plain function could not be told from a JoinFunction. */
export abstract class FlatJoinFunction<In1, In2, Out> implements RichFunction<Out> {
  /** Only a type: a function that wants more of its values than the streams carry does not compile. */
  declare readonly Inputs: (first: In1, second: In2) => void;

  /** Emitted values get the window's `maxTimestampMs` as timestamp. */
  abstract join(first: In1, second: In2, out: Collector<Out>): void;
  open?(ctx: RuntimeContext): void | Promise<void>;
  finish?(out: Collector<Out>): void;
  close?(): void | Promise<void>;
}
