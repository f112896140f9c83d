import { MillraceError } from '../base/errors.ts';

/**
 * For results on the record path: cheap for everything that is no promise. `instanceof` looks at the prototype only, so it stays
 * fast whatever shapes the values have.
 */
export function isPromise(result: unknown): boolean {
  return typeof result === 'object' && result instanceof Promise;
}

/** For results that should be undefined or a boolean, off the fast path: finds promises of other libraries too. */
export function isThenable(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function';
}

export function promiseNotAllowed(functionName: string, operatorName: string): MillraceError {
  return new MillraceError(
    'PROMISE_NOT_ALLOWED',
    `Calling ${functionName} of operator '${operatorName}' failed: it returned a promise`,
  );
}

/** For functions that return nothing; call it only when `result` is not undefined. */
export function rejectThenable(result: unknown, functionName: string, operatorName: string): void {
  if (isThenable(result)) throw promiseNotAllowed(functionName, operatorName);
}
