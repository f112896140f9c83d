import { MillraceError, messageOf } from '../../base/errors.ts';

/** An error of the file system as what it means here. Errors that say already what is wrong pass through. */
export function storageFailure(action: string, path: string, error: unknown): MillraceError {
  if (MillraceError.is(error)) return error;
  return new MillraceError('CHECKPOINT_STORAGE_FAILED', `${action} '${path}' failed: ${messageOf(error)}`, {
    cause: error,
  });
}
