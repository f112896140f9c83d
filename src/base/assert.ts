import { MillraceError } from './errors.ts';

/**
 * Checks an invariant of the engine; always on. Pass a function when building the message costs something.
 * A failed assertion is a bug of Millrace, never an input problem: nobody may catch it to go on.
 */
export function assert(condition: unknown, message: string | (() => string)): asserts condition {
  if (condition) return;
  throw new MillraceError('INVARIANT_VIOLATED', typeof message === 'string' ? message : message());
}

/** Returns the value that must be there. */
export function must<T>(value: T | undefined | null, what: string): T {
  // Written out: on the record path a function for the message would be made for each call.
  if (value === undefined || value === null) throw new MillraceError('INVARIANT_VIOLATED', `Missing ${what}`);
  return value;
}

/** Ends an exhaustive switch. */
export function unreachable(value: never): never {
  throw new MillraceError('INVARIANT_VIOLATED', `Unexpected value ${JSON.stringify(value)}`);
}
