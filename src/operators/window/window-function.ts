import type { AggregateFunction } from '../functions/aggregate-function.ts';
import type { ProcessWindowFunction } from '../functions/process-window-function.ts';
import type { ReduceFunction } from '../functions/reduce-function.ts';
import type { Window } from './window-assigner.ts';

/**
 * What a window computes. reduce and aggregate keep one accumulator a window, process keeps all elements. Without `process` the
 * result of a reduce or aggregate is emitted as it is: Out is then its type.
 */
export type WindowFunction<In, Out, K, W extends Window> =
  | {
      readonly kind: 'reduce';
      readonly reduce: ReduceFunction<In>;
      readonly process?: ProcessWindowFunction<In, Out, K, W> | undefined;
    }
  | {
      readonly kind: 'aggregate';
      /** Accumulators and results are between these two functions; the types of the API tie them together. */
      readonly aggregate: AggregateFunction<In, unknown, unknown>;
      readonly process?: ProcessWindowFunction<never, Out, K, W> | undefined;
    }
  | { readonly kind: 'process'; readonly process: ProcessWindowFunction<In, Out, K, W> }
  | {
      /** Keeps the elements of two inputs apart; `process` gets two arrays, those of the first and those of the second. */
      readonly kind: 'co-group';
      readonly process: ProcessWindowFunction<readonly unknown[], Out, K, W>;
    };

/** Can what two windows hold become what one window holds? */
export function mergesContents<In, Out, K, W extends Window>(fn: WindowFunction<In, Out, K, W>): boolean {
  return fn.kind !== 'aggregate' || fn.aggregate.merge !== undefined;
}
