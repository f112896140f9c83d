/**
 * Window functions over what two streams have in one window: all values of both sides (coGroup), or their pairs (join). They stand
 * between the window operator, which knows process functions alone, and the user's function, whose life they share.
 */
import { assert } from '../../base/assert.ts';
import type { CoGroupFunction } from '../functions/co-group-function.ts';
import type { Collector } from '../functions/collector.ts';
import { FlatJoinFunction } from '../functions/join-function.ts';
import type { JoinFunction } from '../functions/join-function.ts';
import { ProcessWindowFunction } from '../functions/process-window-function.ts';
import type { RuntimeContext } from '../functions/runtime-context.ts';
import { FunctionLifecycle } from '../function-lifecycle.ts';
import { isPromise, promiseNotAllowed } from '../promise-check.ts';
import { rejectUnusedResult } from '../unused-result.ts';
import type { Window } from '../window/window-assigner.ts';

/** Its elements are two arrays: the values of the first input and those of the second. */
export type CoGroupedFunction<Out> = ProcessWindowFunction<readonly unknown[], Out, unknown, Window>;

export function coGroupedFunction<In1, In2, Out>(fn: CoGroupFunction<In1, In2, Out>): CoGroupedFunction<Out> {
  return new CoGroupedWindows(fn);
}

export function joinedFunction<In1, In2, Out>(
  fn: JoinFunction<In1, In2, Out> | FlatJoinFunction<In1, In2, Out>,
): CoGroupedFunction<Out> {
  return fn instanceof FlatJoinFunction ? new FlatJoinedWindows(fn) : new JoinedWindows(fn);
}

abstract class TwoSidedWindows<In1, In2, Out> extends ProcessWindowFunction<readonly unknown[], Out, unknown, Window> {
  protected operatorName = '';
  readonly #lifecycle: FunctionLifecycle<Out>;

  constructor(userFunction: object) {
    super();
    this.#lifecycle = new FunctionLifecycle(userFunction);
  }

  override process(_key: unknown, _ctx: unknown, sides: Iterable<readonly unknown[]>, out: Collector<Out>): void {
    const [first, second] = sides;
    assert(first !== undefined && second !== undefined, 'A window of two streams without both sides');
    // The window operator put values of the two streams there, each on its side.
    this.processSides(first as readonly In1[], second as readonly In2[], out);
  }

  override open(ctx: RuntimeContext): void | Promise<void> {
    this.operatorName = ctx.operatorName;
    return this.#lifecycle.open(ctx);
  }

  override finish(out: Collector<Out>): void {
    this.#lifecycle.finish(out, this.operatorName);
  }

  override close(): void | Promise<void> {
    return this.#lifecycle.close();
  }

  protected abstract processSides(first: readonly In1[], second: readonly In2[], out: Collector<Out>): void;
}

class CoGroupedWindows<In1, In2, Out> extends TwoSidedWindows<In1, In2, Out> {
  readonly #coGroup: (first: Iterable<In1>, second: Iterable<In2>, out: Collector<Out>) => void;

  constructor(fn: CoGroupFunction<In1, In2, Out>) {
    super(fn);
    this.#coGroup = typeof fn === 'function' ? fn : (first, second, out) => fn.coGroup(first, second, out);
  }

  protected override processSides(first: readonly In1[], second: readonly In2[], out: Collector<Out>): void {
    const result: unknown = this.#coGroup(first, second, out);
    if (result !== undefined) rejectUnusedResult(result, 'coGroup', this.operatorName);
  }
}

/** Pairs in Flink's order: for each value of the first side all of the second. */
class JoinedWindows<In1, In2, Out> extends TwoSidedWindows<In1, In2, Out> {
  readonly #join: (first: In1, second: In2) => Out;

  constructor(fn: JoinFunction<In1, In2, Out>) {
    super(fn);
    this.#join = typeof fn === 'function' ? fn : (first, second) => fn.join(first, second);
  }

  protected override processSides(first: readonly In1[], second: readonly In2[], out: Collector<Out>): void {
    for (const left of first) {
      for (const right of second) {
        const result = this.#join(left, right);
        if (isPromise(result)) throw promiseNotAllowed(result, 'join', this.operatorName);
        out.collect(result);
      }
    }
  }
}

class FlatJoinedWindows<In1, In2, Out> extends TwoSidedWindows<In1, In2, Out> {
  readonly #function: FlatJoinFunction<In1, In2, Out>;

  constructor(fn: FlatJoinFunction<In1, In2, Out>) {
    super(fn);
    this.#function = fn;
  }

  protected override processSides(first: readonly In1[], second: readonly In2[], out: Collector<Out>): void {
    for (const left of first) {
      for (const right of second) {
        const result: unknown = this.#function.join(left, right, out);
        if (result !== undefined) rejectUnusedResult(result, 'join', this.operatorName);
      }
    }
  }
}
