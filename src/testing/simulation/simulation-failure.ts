import { messageOf } from '../../base/errors.ts';
import type { Fault } from './fault-plan.ts';

export interface SimulationFailureFacts {
  readonly name: string;
  readonly seed: number;
  readonly atMs: number;
  /** Faults that had happened by then, in order. */
  readonly faults: readonly Fault[];
  readonly cause: unknown;
}

/** A seed under which the job, or the engine, did something wrong. The same seed shows it again. */
export class SimulationFailure extends Error {
  readonly seed: number;
  readonly faults: readonly Fault[];

  constructor({ name, seed, atMs, faults, cause }: SimulationFailureFacts) {
    const happened = faults.map((fault) => `\n  ${JSON.stringify(fault)}`).join('');
    super(
      `Simulation of '${name}' failed with seed ${seed} at ${atMs.toFixed(1)} ms: ${messageOf(cause)}\nfaults until then:${happened === '' ? ' none' : happened}`,
      { cause },
    );
    this.name = 'SimulationFailure';
    this.seed = seed;
    this.faults = faults;
  }
}
