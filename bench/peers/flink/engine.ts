/** What is asked of each of the two engines, and what a run of it tells. */
export interface RunRequest {
  readonly query: string;
  readonly events: number;
  readonly parallelism: number;
  /** Make each row's text and take the check value, instead of counting. */
  readonly isVerified: boolean;
}

export interface EngineRun {
  readonly rows: number;
  /** Undefined when the run was not verified. */
  readonly check: number | undefined;
  /** From all subtasks running to the last finished. */
  readonly seconds: number;
  readonly checkpointCount: number;
}
