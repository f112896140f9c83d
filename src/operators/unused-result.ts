import { MillraceError } from '../base/errors.ts';
import { rejectThenable } from './promise-check.ts';

/**
 * For functions that emit through a collector and returned something all the same. An array returned out of habit would be lost
 * without a word: the type of a function without result allows it.
 */
export function rejectUnusedResult(result: unknown, functionName: string, operatorName: string): void {
  rejectThenable(result, functionName, operatorName);
  if (!Array.isArray(result)) return;
  throw new MillraceError(
    'USER_FUNCTION_FAILED',
    `Calling ${functionName} of operator '${operatorName}' failed: it returned an array, and only what it gives to out.collect is emitted`,
    { recovery: 'fail-job' },
  );
}
