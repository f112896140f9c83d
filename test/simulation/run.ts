/**
 * npm run sim: more seeds than the tests have time for, and one seed to look at.
 *
 *   npm run sim -- --seed 42                        one seed, on the scenario that it belongs to
 *   npm run sim -- --seeds 300 --from 100000        many
 *   npm run sim -- --scenario windows --seeds 50    on one scenario
 *   npm run sim -- --seed 42 --trace                everything that happens, a line each
 *   npm run sim -- --seed 42 --mutant early-commit  with a deliberate fault in the engine
 */
import { parseArgs } from 'node:util';
import { SimulationFailure, simulate } from 'millrace/testing';
import type { SimulationResult } from 'millrace/testing';
import { MUTANTS } from './mutants.ts';
import { isScenarioName, SCENARIO_NAMES, scenarioOfSeed, SCENARIOS } from './scenarios/index.ts';
import type { ScenarioName } from './scenarios/index.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    scenario: { type: 'string' },
    mutant: { type: 'string' },
    trace: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
  },
});

function usage(problem: string): never {
  console.error(problem);
  console.error(`scenarios: ${SCENARIO_NAMES.join(', ')}; mutants: ${MUTANTS.map(({ mutant }) => mutant).join(', ')}`);
  process.exit(2);
}

function integer(text: string, option: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : usage(`--${option} takes a whole number, not '${text}'`);
}

function scenarioFor(seed: number): ScenarioName {
  const { scenario } = values;
  if (scenario === undefined) return scenarioOfSeed(seed);
  return isScenarioName(scenario) ? scenario : usage(`there is no scenario '${scenario}'`);
}

function mutants(): readonly (typeof MUTANTS)[number]['mutant'][] {
  if (values.mutant === undefined) return [];
  const known = MUTANTS.find(({ mutant }) => mutant === values.mutant);
  return known === undefined ? usage(`there is no mutant '${values.mutant}'`) : [known.mutant];
}

async function runSeed(seed: number): Promise<SimulationResult | undefined> {
  const name = scenarioFor(seed);
  try {
    return await simulate(SCENARIOS[name], seed, {
      mutants: mutants(),
      ...(values.trace ? { onTrace: (parts) => console.log(parts.join(' ')) } : {}),
    });
  } catch (error) {
    if (!(error instanceof SimulationFailure)) throw error;
    console.error(`\n${error.message}\n${causesOf(error)}\nreplay: npm run sim -- --scenario ${name} --seed ${seed}`);
    return undefined;
  }
}

function causesOf(error: Error): string {
  const lines: string[] = [];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) lines.push(cause.stack ?? cause.message);
  return lines.join('\n');
}

const from = integer(values.seed ?? values.from, 'from');
const count = values.seed === undefined ? integer(values.seeds ?? '200', 'seeds') : 1;
const startedAt = performance.now();
const results: SimulationResult[] = [];
const failed: number[] = [];

function progress(): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const line = `${results.length + failed.length} of ${count} seeds, ${failed.length} failed, ${seconds} s`;
  if (process.stderr.isTTY) process.stderr.write(`\r${line} `);
}

for (let seed = from; seed < from + count; seed++) {
  const result = await runSeed(seed);
  if (result === undefined) failed.push(seed);
  else results.push(result);
  if ((results.length + failed.length) % 10 === 0) progress();
  if (failed.length > 0 && !values['keep-going']) break;
}

function sum(of: (result: SimulationResult) => number): number {
  return results.reduce((total, result) => total + of(result), 0);
}

if (process.stderr.isTTY) process.stderr.write('\r');
console.log(
  `${results.length} seeds passed, ${failed.length} failed${failed.length === 0 ? '' : ` (${failed.join(', ')})`}; ` +
    `${sum(({ faults }) => faults.length)} faults, ${sum(({ processCount }) => processCount)} processes, ` +
    `${sum(({ checkpointCount }) => checkpointCount)} checkpoints, ${(sum(({ virtualMs }) => virtualMs) / 1000).toFixed(1)} s of virtual time ` +
    `in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
);
if (count === 1 && results[0] !== undefined) console.log(`trace hash ${results[0].traceHash}`);
process.exit(failed.length === 0 ? 0 : 1);
