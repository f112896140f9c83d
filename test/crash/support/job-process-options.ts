/** What a job process is told on its command line, and what it says on its standard output: one JSON value a line. */
import type { CrashPlan } from './crashing-files.ts';
import type { FullDiskPlan } from './full-disk-files.ts';

export interface JobProcessOptions {
  /** Absolute path of the job's module. */
  readonly module: string;
  /** inline: `startJob` with decorated files; threads: `run()`, with files decorated in every thread. */
  readonly host: 'inline' | 'threads';
  readonly parallelism: number;
  readonly parameters: Readonly<Record<string, string>>;
  readonly checkpointDirectory: string;
  /** Further -D settings. */
  readonly configuration?: Readonly<Record<string, string>>;
  readonly crash?: CrashPlan;
  /** Inline host only. */
  readonly fullDisk?: FullDiskPlan;
  readonly takeover?: boolean;
  readonly overwrite?: boolean;
  /** Says 'progress' so often, ms; absent: never. */
  readonly progressEveryMs?: number;
}

export type JobLine =
  | { readonly kind: 'started'; readonly startLine: string }
  | { readonly kind: 'status'; readonly status: string }
  | { readonly kind: 'checkpoint'; readonly checkpointId: number }
  | { readonly kind: 'checkpoint-failed'; readonly checkpointId: number; readonly reason: string }
  | {
      readonly kind: 'attempt-failed';
      readonly code: string;
      readonly message: string;
      readonly causes: readonly string[];
      readonly isRestarted: boolean;
    }
  | { readonly kind: 'progress'; readonly recordsSent: number; readonly attemptNumber: number }
  | { readonly kind: 'crashing'; readonly point: string; readonly occurrence: number }
  | {
      readonly kind: 'result';
      readonly outcome: string;
      readonly restarts: number;
      readonly completedCheckpoints: number;
    }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** Of the environment variable that carries the crash plan into the threads of a job. */
export const CRASH_VARIABLE = 'MILLRACE_TEST_CRASH';
