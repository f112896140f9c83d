import { formatDuration, formatMemorySize } from '../../base/duration.ts';
import type { LogLevel } from '../../base/environment.ts';
import { fromErrorRecord } from '../../base/errors.ts';
import type { JobEvent } from '../../job/job-status.ts';
import type { Styles } from '../../metrics/styles.ts';
import { errorReport } from '../error-report.ts';

export interface EventLine {
  /** A display shows 'info' and above, a quiet one 'warn' and above. */
  readonly level: LogLevel;
  readonly text: string;
}

/** What a person is told of an event. */
export function eventLines(event: JobEvent, styles: Styles): readonly EventLine[] {
  switch (event.kind) {
    case 'started':
      return [
        { level: 'info', text: event.startLine },
        ...event.plan.split('\n').map((text): EventLine => ({ level: 'info', text: styles.dim(text) })),
        ...event.warnings.map((text): EventLine => ({ level: 'warn', text: `${styles.yellow('warning')} ${text}` })),
      ];
    case 'status-changed':
      return [{ level: 'info', text: `status ${event.status}` }];
    case 'checkpoint-completed': {
      const { checkpointId, durationMs, writtenBytes } = event.checkpoint;
      const text = `chk-${checkpointId} completed in ${formatDuration(durationMs)}, ${formatMemorySize(writtenBytes)} written`;
      return [{ level: 'debug', text }];
    }
    case 'checkpoint-failed':
      return [{ level: 'warn', text: `${styles.yellow('warning')} chk-${event.checkpointId} failed: ${event.reason}` }];
    case 'attempt-failed':
      return attemptFailed(event, styles);
  }
}

/** The last failure is reported with the end of the job; the others here, or nobody would see them. */
function attemptFailed(event: Extract<JobEvent, { kind: 'attempt-failed' }>, styles: Styles): readonly EventLine[] {
  if (event.restartInMs === undefined) return [];
  const report = errorReport(fromErrorRecord(event.error), { styles, workingDirectory: process.cwd() });
  return [
    ...report.map((text): EventLine => ({ level: 'warn', text })),
    { level: 'warn', text: `  ${styles.yellow(`restarting in ${formatDuration(event.restartInMs)}`)}` },
  ];
}
