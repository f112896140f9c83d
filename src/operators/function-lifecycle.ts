/**
 * The life of one user function inside its operator: unopened → open called → closed. `close` is called exactly once if `open`
 * was called, whatever happened in between; a function object that is opened a second time is refused.
 */
import { assert } from '../base/assert.ts';
import { MillraceError } from '../base/errors.ts';
import type { Collector } from './functions/collector.ts';
import type { RichFunction } from './functions/rich-function.ts';
import type { RuntimeContext } from './functions/runtime-context.ts';
import { rejectThenable } from './promise-check.ts';

/** Every function object that was ever opened on this thread. */
const openedFunctions = new WeakSet<object>();

export class FunctionLifecycle<Out> {
  /** Undefined for plain functions and bare objects: nothing to open, and they may be shared. */
  readonly #function: RichFunction<Out> | undefined;
  #isOpenCalled = false;
  #isCloseCalled = false;

  constructor(userFunction: object) {
    this.#function = hasLifecycle<Out>(userFunction) ? userFunction : undefined;
  }

  /** A promise only when the function returns one, so that other operators open within the step. */
  open(context: RuntimeContext): void | Promise<void> {
    assert(!this.#isOpenCalled, () => `Operator '${context.operatorName}' is opened twice`);
    this.#isOpenCalled = true;
    if (this.#function === undefined) return undefined;
    markOpened(this.#function, context.operatorName);
    return this.#function.open?.(context);
  }

  finish(out: Collector<Out>, operatorName: string): void {
    const result: unknown = this.#function?.finish?.(out);
    if (result !== undefined) rejectThenable(result, 'finish', operatorName);
  }

  close(): void | Promise<void> {
    assert(!this.#isCloseCalled, 'A function is closed twice');
    this.#isCloseCalled = true;
    return this.#isOpenCalled ? this.#function?.close?.() : undefined;
  }
}

function hasLifecycle<Out>(userFunction: object): userFunction is RichFunction<Out> {
  if (typeof userFunction === 'function') return false;
  // An instance of a class may remember things in its fields even when it has nothing to open.
  return (
    Object.getPrototypeOf(userFunction) !== Object.prototype ||
    ['open', 'finish', 'close'].some((name) => name in userFunction)
  );
}

function markOpened(userFunction: object, operatorName: string): void {
  if (openedFunctions.has(userFunction)) {
    throw new MillraceError(
      'JOB_DEFINITION_INVALID',
      `Opening the function of operator '${operatorName}' failed: the same object was opened before; make a new one inside define`,
    );
  }
  openedFunctions.add(userFunction);
}
