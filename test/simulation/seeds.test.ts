/** 200 seeds over all scenarios. One that fails is replayed by the command in its message. */
import { simulate } from 'millrace/testing';
import { describe, expect, it } from 'vitest';
import { SCENARIO_NAMES, scenarioOfSeed, SCENARIOS } from './scenarios/index.ts';

const SEEDS = 200;

describe.each(SCENARIO_NAMES)('scenario %s', (name) => {
  const seeds = Array.from({ length: SEEDS }, (_, seed) => seed).filter((seed) => scenarioOfSeed(seed) === name);

  it(`is right under the faults of ${seeds.length} seeds`, async () => {
    let faultCount = 0;
    for (const seed of seeds) {
      try {
        faultCount += (await simulate(SCENARIOS[name], seed)).faults.length;
      } catch (error) {
        throw new Error(`replay: npm run sim -- --scenario ${name} --seed ${seed}`, { cause: error });
      }
    }
    expect(faultCount).toBeGreaterThan(seeds.length);
  });
});
