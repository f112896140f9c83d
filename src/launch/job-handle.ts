/**
 * What a running job looks like from outside: from `run()`, the command line and (later) REST.
 */
import type { Logger } from '../base/environment.ts';
import type { CheckpointStatistics, JobEvent, JobResult, JobStatusSnapshot } from '../job/job-status.ts';

export type { CheckpointStatistics, JobEvent, JobResult, JobStatusSnapshot } from '../job/job-status.ts';

export interface JobHandle {
  readonly jobName: string;
  readonly jobId: string;
  /** Settles when the job has ended; rejects with a MillraceError when it FAILED. */
  readonly result: Promise<JobResult>;
  status(): JobStatusSnapshot;
  /**
   * Stops without deleting anything: no new checkpoint, a running one gets at most 2 s. The next start resumes. Settles with
   * the result ('SUSPENDED'), or with the job's own end if that came first.
   */
  suspend(): Promise<JobResult>;
  /** Ends the run: the next start is a new run. */
  cancel(): Promise<JobResult>;
  /** Takes a checkpoint now; settles with its statistics, rejects when it failed. */
  triggerCheckpoint(): Promise<CheckpointStatistics>;
}

export interface RunOptions {
  /** Job parameters, as after `--`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Default parallelism; else parallelism.default, else the number of cores. */
  readonly parallelism?: number;
  /** Configuration keys over conf/config.yaml, as -D. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** Folder with config.yaml; default ./conf when it exists. */
  readonly configurationDirectory?: string;
  readonly host?: 'threads' | 'inline';
  readonly fresh?: boolean;
  readonly restoreFrom?: string;
  readonly takeover?: boolean;
  readonly existingOutput?: 'refuse' | 'append' | 'overwrite';
  readonly jobId?: string;
  readonly adopt?: boolean;
  readonly allowNonRestoredState?: boolean;
  readonly checkMutation?: boolean;
  /** Told of events in their order. What it throws or rejects with is logged, without a logger a warning of the process. */
  readonly onEvent?: (event: JobEvent) => void;
  readonly logger?: Logger;
}
