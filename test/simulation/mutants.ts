import type { ScenarioName } from './scenarios/index.ts';

/** Each deliberate fault of the engine, and the scenarios in which it shows: those of state in rows and in objects. */
export const MUTANTS = [
  { mutant: 'skipped-alignment', scenario: 'keyed-state' },
  { mutant: 'early-commit', scenario: 'keyed-state' },
  { mutant: 'pointer-before-metadata', scenario: 'keyed-counts' },
  { mutant: 'lost-tombstone', scenario: 'pairs' },
  { mutant: 'lost-tombstone', scenario: 'window-join' },
  { mutant: 'no-copy-before-mutation', scenario: 'keyed-state' },
  { mutant: 'no-copy-before-mutation', scenario: 'keyed-counts' },
  { mutant: 'stale-epoch-accepted', scenario: 'keyed-counts' },
] as const satisfies readonly { readonly mutant: string; readonly scenario: ScenarioName }[];
