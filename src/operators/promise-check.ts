import type { MillraceError } from '../base/errors.ts';
import { isThenable, promiseNotAllowed as refusedPromise } from '../base/promise-not-allowed.ts';

/**
 * For results on the record path: cheap for everything that is no promise. `instanceof` looks at the prototype only, so it stays
 * fast whatever shapes the values have.
 */
export function isPromise(result: unknown): boolean {
  return typeof result === 'object' && result instanceof Promise;
}

export function promiseNotAllowed(promise: unknown, functionName: string, operatorName: string): MillraceError {
  return refusedPromise(promise, `Calling ${functionName} of operator '${operatorName}' failed: it returned a promise`);
}

/** For functions that return nothing or a boolean, off the fast path: finds promises of other libraries too. */
export function rejectThenable(result: unknown, functionName: string, operatorName: string): void {
  if (isThenable(result)) throw promiseNotAllowed(result, functionName, operatorName);
}
