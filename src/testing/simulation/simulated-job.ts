/** What is simulated: a job, its input and what its output must be. */
import type { JobDefinition } from '../../graph/stream-graph.ts';
import type { Random } from '../../base/environment.ts';

export interface SimulatedJob {
  /** For messages. */
  readonly name: string;
  /**
   * Must be bounded. It reads and writes the simulated disk only, and depends on nothing but its parameters and input: not on
   * variables of its module, not on time or chance that the simulation does not replace (see docs/simulation.md).
   */
  readonly job: JobDefinition;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Each start of the process draws one of these; default 1 to 3. */
  readonly parallelism?: readonly number[];
  /** On the disk before the first start, by absolute path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Options by key, over what the simulation draws (checkpoint interval, incremental, restart delays, ...). */
  readonly configuration?: Readonly<Record<string, string>>;
  /** Folders that file sinks of the job write to, absolute. */
  readonly outputs: readonly string[];
  /**
   * Throws when the output is wrong. Default: each folder has the lines of a run without faults, in any order. That is right for
   * jobs whose result does not depend on how their streams mix.
   */
  readonly check?: (output: SimulatedOutput) => void;
}

/** A job, or one that the seed has a part in. */
export type SimulationScenario = SimulatedJob | ((random: Random) => SimulatedJob);

/** What the job has committed: files under their final names. */
export interface SimulatedOutput {
  /** Lines of all files of a folder, in no order that means anything. */
  lines(folder: string): readonly string[];
}
