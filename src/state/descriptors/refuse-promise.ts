import { MillraceError } from '../../base/errors.ts';

/** A function whose result goes into state answers at once. Throws PROMISE_NOT_ALLOWED for anything with a `then`. */
export function refusePromise(result: unknown, what: string): void {
  if (typeof result !== 'object' || result === null) return;
  if (!('then' in result) || typeof result.then !== 'function') return;
  throw new MillraceError('PROMISE_NOT_ALLOWED', `Using ${what} failed: it returned a promise`);
}
