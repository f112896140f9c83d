import type { Environment } from './environment.ts';
import type { ErrorCode } from './error-catalogue.ts';
import { MillraceError } from './errors.ts';

export interface SettleBound {
  readonly environment: Environment;
  readonly timeoutMs: number;
  /** What is waited for, as a message begins: 'Opening operator x'. */
  readonly what: string;
  /** Ends the wait early, so that no timer is left open. */
  readonly signal?: AbortSignal;
  /** Of the error when the time is up; default FUNCTION_TIMEOUT. */
  readonly code?: ErrorCode;
}

/**
 * The promise's own outcome if it comes in time; whatever it settles with later is dropped.
 * @throws FUNCTION_TIMEOUT, or `code`; JOB_CANCELED when the signal was aborted first
 */
export function settleWithin<T>(promise: Promise<T>, bound: SettleBound): Promise<T> {
  const { environment, timeoutMs, what, signal, code = 'FUNCTION_TIMEOUT' } = bound;
  return new Promise((resolve, reject) => {
    const timer = environment.timers.after(timeoutMs, () =>
      reject(new MillraceError(code, `${what} failed: it did not settle within ${timeoutMs} ms`)),
    );
    const onAbort = (): void => {
      timer.cancel();
      reject(new MillraceError('JOB_CANCELED', `${what} was given up`));
    };
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    });
  });
}
