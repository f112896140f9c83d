/** What is run, and what it cost. */
import type { CrashKind } from './crash.ts';

export interface QueryRun {
  readonly events: number;
  readonly parallelism: number;
  /** The simulator draws its faults from the seed. */
  readonly host: 'threads' | 'inline' | 'sim';
  /** ms; 0: no checkpoints. The simulator draws its own. */
  readonly checkpointIntervalMs: number;
  readonly isVerified: boolean;
  /** Events/s of all subtasks together; undefined: as many as they can. */
  readonly rate: number | undefined;
  readonly crash: Crash | undefined;
}

export interface Crash {
  readonly kind: CrashKind;
  /** Of each subtask of the source; then a checkpoint is waited for. */
  readonly afterEvents: number;
}

export interface Measurement {
  readonly rows: number;
  /** Undefined when the run was not verified. */
  readonly check: number | undefined;
  /** From all subtasks running to the last finished. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly checkpoints: CheckpointFigures;
  /** Of the job or of its process. */
  readonly restarts: number;
}

export interface CheckpointFigures {
  readonly count: number;
  readonly medianMs: number;
  readonly longestMs: number;
  readonly bytes: number;
}
