/**
 * A listener of events is a guest of the job: what it throws, or rejects with, neither ends the job nor disappears. It goes to the
 * log as an error; where nobody takes the log it becomes a warning of the process, which Node prints.
 */
import type { Logger } from '../base/environment.ts';
import { messageOf, toErrorRecord } from '../base/errors.ts';
import { isThenable } from '../base/promise-not-allowed.ts';
import type { JobEvent } from '../job/job-status.ts';

type Listener = (event: JobEvent) => unknown;

export function guardedListener(
  listener: Listener | undefined,
  jobName: string,
  logger: Logger | undefined,
): (event: JobEvent) => void {
  if (listener === undefined) return () => {};
  return (event) => {
    const onError = (error: unknown): void => {
      const message = `onEvent of job '${jobName}' failed at event '${event.kind}': ${messageOf(error)}`;
      if (logger === undefined) warn(message, error);
      else logger.log('error', message, { error: toErrorRecord(error) });
    };
    try {
      const returned = listener(event);
      if (isThenable(returned)) returned.then(undefined, onError);
    } catch (error) {
      onError(error);
    }
  };
}

function warn(message: string, error: unknown): void {
  const detail = error instanceof Error ? error.stack : undefined;
  process.emitWarning(message, { type: 'MillraceWarning', ...(detail === undefined ? {} : { detail }) });
}
