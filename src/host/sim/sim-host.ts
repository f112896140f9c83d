/** Host of a simulated process: its slots are threads of that process, run by the simulation's scheduler. */
import { assert } from '../../base/assert.ts';
import type { Attempt, AttemptListener, AttemptPlan, Host } from '../../job/host.ts';
import { SimAttempt } from './sim-attempt.ts';
import type { SimHostOptions } from './sim-host-options.ts';

export class SimHost implements Host {
  readonly slotCount: number;
  readonly #options: SimHostOptions;
  #current: SimAttempt | undefined;

  constructor(options: SimHostOptions) {
    this.slotCount = options.slotCount;
    this.#options = options;
  }

  async deploy(plan: AttemptPlan, listener: AttemptListener): Promise<Attempt> {
    // Code of a dead process may still run to its next wait.
    if (this.#options.process.isDead) return new Promise(() => {});
    const attempt = new SimAttempt(structuredClone(plan), listener, this.#options);
    assert(attempt.slots.length <= this.slotCount, () => `Attempt needs ${attempt.slots.length} slots`);
    this.#current = attempt;
    try {
      await attempt.deploy();
    } catch (error) {
      await attempt.cancel();
      throw error;
    }
    return attempt;
  }

  /** A subtask of the latest attempt throws, after this many more records. */
  failSubtask(afterRecords: number): void {
    this.#current?.failAfter(afterRecords);
  }

  killThread(slotIndex: number): void {
    this.#current?.killThread(slotIndex);
  }
}
