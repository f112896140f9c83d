import type { Environment } from './environment.ts';
import { MillraceError } from './errors.ts';

export interface SettleBound {
  readonly environment: Environment;
  readonly timeoutMs: number;
  /** What is waited for, as a message begins: 'Opening operator x'. */
  readonly what: string;
}

/**
 * The promise's own outcome if it comes in time; whatever it settles with later is dropped.
 * @throws FUNCTION_TIMEOUT
 */
export function settleWithin<T>(promise: Promise<T>, { environment, timeoutMs, what }: SettleBound): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = environment.timers.after(timeoutMs, () =>
      reject(new MillraceError('FUNCTION_TIMEOUT', `${what} failed: it did not settle within ${timeoutMs} ms`)),
    );
    promise.then(resolve, reject).finally(() => timer.cancel());
  });
}
