/**
 * The simulator for everybody: a job, a seed, and all that can go wrong. Runs the engine itself (startJob, job master, checkpoint
 * coordinator, tasks, connectors); only time, disk, threads and messages are simulated.
 */
import type { MutantName } from '../../base/mutants.ts';
import { SimRandom } from '../../host/sim/sim-random.ts';
import type { TracePart } from '../../host/sim/sim-trace.ts';
import { FAULT_KINDS } from './fault-plan.ts';
import type { FaultKind } from './fault-plan.ts';
import { Simulation } from './simulation.ts';
import type { SimulationResult } from './simulation.ts';
import type { SimulatedJob, SimulatedOutput, SimulationScenario } from './simulated-job.ts';
import { SimulationFailure } from './simulation-failure.ts';

export interface SimulateOptions {
  /** Default: all kinds. */
  readonly faults?: readonly FaultKind[];
  /** Deliberate faults of the engine, to prove that they are found. */
  readonly mutants?: readonly MutantName[];
  /** Told of everything that happens, for whoever wants to read along. */
  readonly onTrace?: (parts: readonly TracePart[]) => void;
}

/**
 * Runs a job under the faults that the seed draws, and checks that its output is as if there had been none, that readers of the
 * output never see anything partial, that the newest checkpoint can be restored at any moment, and that the job ends.
 * @throws SimulationFailure
 */
export async function simulate(
  scenario: SimulationScenario,
  seed: number,
  options: SimulateOptions = {},
): Promise<SimulationResult> {
  const job = jobOf(scenario, seed);
  const check = job.check ?? (await checkAgainstFaultless(job, seed));
  return new Simulation({
    job: { ...job, check },
    seed,
    faultKinds: options.faults ?? FAULT_KINDS,
    mutants: options.mutants ?? [],
    onTrace: options.onTrace,
  }).run();
}

export interface SeedRange {
  readonly from: number;
  readonly count: number;
}

/**
 * One seed after the other; stops at the first that fails. The first seed is run twice: a job whose second run differs depends on
 * something that the simulation does not control.
 * @throws SimulationFailure
 */
export async function simulateSeeds(
  scenario: SimulationScenario,
  { from, count }: SeedRange,
  options: SimulateOptions = {},
): Promise<readonly SimulationResult[]> {
  await checkRepeatable(scenario, from, options);
  const results: SimulationResult[] = [];
  for (let seed = from; seed < from + count; seed++) results.push(await simulate(scenario, seed, options));
  return results;
}

/** @throws SimulationFailure when two runs of a seed differ */
export async function checkRepeatable(
  scenario: SimulationScenario,
  seed: number,
  options: SimulateOptions = {},
): Promise<void> {
  const hashes = [await traceHash(scenario, seed, options), await traceHash(scenario, seed, options)];
  if (hashes[0] === hashes[1]) return;
  const { name } = jobOf(scenario, seed);
  const cause = new Error(
    'two runs of the same seed differ: the job depends on a variable of its module, or on time, chance or I/O that the simulation does not replace',
  );
  throw new SimulationFailure({ name, seed, atMs: 0, faults: [], cause });
}

async function traceHash(scenario: SimulationScenario, seed: number, options: SimulateOptions): Promise<string> {
  const { onTrace, faults = FAULT_KINDS, mutants = [] } = options;
  const job = { ...jobOf(scenario, seed), check: () => {} };
  return (await new Simulation({ job, seed, faultKinds: faults, mutants, onTrace }).run()).traceHash;
}

function jobOf(scenario: SimulationScenario, seed: number): SimulatedJob {
  return typeof scenario === 'function' ? scenario(new SimRandom(seed)) : scenario;
}

/** For jobs whose result does not depend on how their streams mix. */
async function checkAgainstFaultless(job: SimulatedJob, seed: number): Promise<(output: SimulatedOutput) => void> {
  const options = { job: { ...job, check: () => {} }, seed, faultKinds: [], mutants: [], onTrace: undefined };
  const { output } = await new Simulation(options).run();
  const expected = new Map(job.outputs.map((folder) => [folder, output.lines(folder)]));
  return (actual) => {
    for (const [folder, lines] of expected) requireSameLines(actual.lines(folder), lines, `output '${folder}'`);
  };
}

/** Multisets: how often each line is there, in whatever order. @throws Error with the first lines that differ */
export function requireSameLines(actual: readonly string[], expected: readonly string[], what: string): void {
  const missing = without(expected, actual);
  const surplus = without(actual, expected);
  if (missing.length === 0 && surplus.length === 0) return;
  throw new Error(
    `${what} is wrong: ${missing.length} lines are missing${examples(missing)}, ${surplus.length} are too many${examples(surplus)}`,
  );
}

/** @throws Error when a line is missing; more are allowed */
export function requireLines(actual: readonly string[], expected: readonly string[], what: string): void {
  const missing = without(expected, actual);
  if (missing.length > 0) throw new Error(`${what} is wrong: ${missing.length} lines are missing${examples(missing)}`);
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0;
  });
}

const EXAMPLES_MAX = 5;

function examples(lines: readonly string[]): string {
  return lines.length === 0 ? '' : ` (${lines.slice(0, EXAMPLES_MAX).join(' ')})`;
}
