import type { Logger } from '../../base/environment.ts';
import type { ErrorContext } from '../../base/errors.ts';
import type { JobEvent, JobStatusSnapshot } from '../../job/job-status.ts';
import { vertexRates } from '../../metrics/vertex-rates.ts';

/** Events as log lines: for files, and for standard error when machines read it. */
export function logEvent(logger: Logger, event: JobEvent): void {
  switch (event.kind) {
    case 'started':
      logger.log('info', event.startLine, { plan: event.plan, guarantees: event.guarantees });
      for (const warning of event.warnings) logger.log('warn', warning);
      return;
    case 'status-changed':
      logger.log('info', `Job is ${event.status}`, { status: event.status });
      return;
    case 'checkpoint-completed': {
      const { checkpointId, ...statistics } = event.checkpoint;
      logger.log('info', 'Checkpoint completed', { checkpoint: checkpointId, ...statistics });
      return;
    }
    case 'checkpoint-failed':
      logger.log('warn', 'Checkpoint failed', { checkpoint: event.checkpointId, reason: event.reason });
      return;
    case 'attempt-failed':
      // The job master logs it itself.
      return;
  }
}

/** The fields of log lines for the place of an error. */
export function contextFields(context: ErrorContext = {}): Readonly<Record<string, unknown>> {
  const { operatorName, subtaskIndex, attemptNumber, checkpointId } = context;
  return {
    ...(operatorName === undefined ? {} : { operator: operatorName }),
    ...(subtaskIndex === undefined ? {} : { subtask: subtaskIndex }),
    ...(attemptNumber === undefined ? {} : { attempt: attemptNumber }),
    ...(checkpointId === undefined ? {} : { checkpoint: checkpointId }),
  };
}

export function logStatus(logger: Logger, before: JobStatusSnapshot | undefined, after: JobStatusSnapshot): void {
  const { status, runtimeMs, restarts, completedCheckpoints, failedCheckpoints } = after;
  const vertices = vertexRates(before, after);
  logger.log('info', 'Status', { status, runtimeMs, restarts, completedCheckpoints, failedCheckpoints, vertices });
}
