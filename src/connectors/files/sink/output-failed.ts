import { MillraceError, messageOf } from '../../../base/errors.ts';

/** `action` as in 'Writing', 'Renaming'. */
export function outputFailed(action: string, path: string, cause: unknown): MillraceError {
  if (MillraceError.is(cause)) return cause;
  return new MillraceError('OUTPUT_FAILED', `${action} '${path}' failed: ${messageOf(cause)}`, { cause });
}
