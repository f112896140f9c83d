import { MillraceError } from '../base/errors.ts';

/** How V8 begins when a frozen object is changed. */
const CHANGE_OF_FROZEN_VALUE =
  /^(Cannot assign to read only property|Cannot add property|Cannot delete property|Cannot define property|Cannot redefine property)/;

/**
 * Where values are frozen once they are the engine's, a TypeError of user code that changed one is VALUE_MUTATED; any other error is
 * returned as it is.
 */
export function explainFrozenValue(error: MillraceError): MillraceError {
  const { code, cause, context } = error;
  if (code !== 'USER_FUNCTION_FAILED' || !(cause instanceof TypeError) || !CHANGE_OF_FROZEN_VALUE.test(cause.message))
    return error;
  return new MillraceError(
    'VALUE_MUTATED',
    `Changing a value failed, which was received, emitted or kept from state: ${cause.message}`,
    { cause, context },
  );
}
