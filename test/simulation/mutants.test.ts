/** The simulator can fail: each deliberate fault of the engine is found within 200 seeds. */
import { simulate, SimulationFailure } from 'millrace/testing';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { SCENARIOS } from './scenarios/index.ts';

const SEEDS_MAX = 200;

describe.each(MUTANTS)('the mutant $mutant', ({ mutant, scenario }) => {
  it(`is found in scenario '${scenario}'`, async () => {
    expect(await firstFailingSeed()).toBeLessThanOrEqual(SEEDS_MAX);
  });

  async function firstFailingSeed(): Promise<number> {
    for (let seed = 1; seed <= SEEDS_MAX; seed++) {
      try {
        await simulate(SCENARIOS[scenario], seed, { mutants: [mutant] });
      } catch (error) {
        if (!(error instanceof SimulationFailure)) throw error;
        return seed;
      }
    }
    return Number.POSITIVE_INFINITY;
  }
});
