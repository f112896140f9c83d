import type { LogLevel } from '../base/environment.ts';
import type { JobResult } from '../job/job-status.ts';
import type { RunOptions } from '../launch/job-handle.ts';
import type { LogFormat } from './logging.ts';

export interface RunJobOptions extends Omit<RunOptions, 'onEvent' | 'logger'> {
  /** Default: 'info' into a file or as JSON; 'warn' as text to standard error, where the status already tells the rest. */
  readonly logLevel?: LogLevel;
  /** Appended to. Default: standard error. */
  readonly logFile?: string;
  /** Default: JSON into a file, else text. JSON to standard error replaces status and summary. */
  readonly logFormat?: LogFormat;
  /** Neither status nor the summary of a job that finished. */
  readonly quiet?: boolean;
}

export interface JobPresentation {
  /** Stands above everything else. */
  readonly title?: string;
  /** What to type to go on with a suspended job. Default: to start it again. */
  readonly resumeCommand?: string;
  /** After the summary of a job that did not fail; look at `result.outcome`. What it throws is reported like a failure. */
  readonly afterwards?: (result: JobResult) => void | Promise<void>;
}
