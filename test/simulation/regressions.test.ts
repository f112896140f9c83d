import { simulate } from 'millrace/testing';
import { expect, it } from 'vitest';
import { REGRESSIONS } from './regressions.ts';
import { SCENARIOS } from './scenarios/index.ts';

it.each(REGRESSIONS)('$scenario, seed $seed: $name', async ({ scenario, seed }) => {
  const { checkpointCount } = await simulate(SCENARIOS[scenario], seed);
  expect(checkpointCount).toBeGreaterThan(0);
});
