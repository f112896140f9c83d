import { MillraceError } from './errors.ts';

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/**
 * For a promise where a result was wanted. Nobody waits for it any more: should it be rejected, that must not become an unhandled
 * rejection, which would end the thread beside this error.
 *
 * @param message says what failed: 'Calling map of operator x failed: it returned a promise'
 */
export function promiseNotAllowed(promise: unknown, message: string): MillraceError {
  if (isThenable(promise)) promise.then(undefined, () => undefined);
  return new MillraceError('PROMISE_NOT_ALLOWED', message);
}
