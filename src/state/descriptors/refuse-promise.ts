import { isThenable, promiseNotAllowed } from '../../base/promise-not-allowed.ts';

/** A function whose result goes into state answers at once. Throws PROMISE_NOT_ALLOWED for anything with a `then`. */
export function refusePromise(result: unknown, what: string): void {
  if (isThenable(result)) throw promiseNotAllowed(result, `Using ${what} failed: it returned a promise`);
}
