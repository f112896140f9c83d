/** The kit to test jobs with: 'millrace/testing'. */
export { checkRepeatable, requireLines, requireSameLines, simulate, simulateSeeds } from './simulation/simulate.ts';
export type { SeedRange, SimulateOptions } from './simulation/simulate.ts';
export type { SimulatedJob, SimulatedOutput, SimulationScenario } from './simulation/simulated-job.ts';
export type { SimulationResult } from './simulation/simulation.ts';
export { SimulationFailure } from './simulation/simulation-failure.ts';
export type { Fault, FaultKind } from './simulation/fault-plan.ts';
