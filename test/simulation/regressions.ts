import type { ScenarioName } from './scenarios/index.ts';

export interface Regression {
  /** What went wrong. */
  readonly name: string;
  readonly scenario: ScenarioName;
  readonly seed: number;
}

/**
 * Seeds under which something was wrong once. Each also has a test of its own beside the code that was mended: a seed means
 * another course of events as soon as anything in the engine or the simulator draws once more.
 */
export const REGRESSIONS: readonly Regression[] = [
  {
    name: 'a slot that is ready registers its reader before the attempt is deployed',
    scenario: 'keyed-counts',
    seed: 2,
  },
  {
    name: 'the end of a source is not in a checkpoint that comes between its last record and the last watermark',
    scenario: 'union',
    seed: 10,
  },
  {
    name: 'an old process that wakes up gives a checkpoint up whose id a later one has used again',
    scenario: 'keyed-counts',
    seed: 17,
  },
  {
    name: 'a fenced process restores, and reports what its successor has moved instead of being fenced',
    scenario: 'keyed-counts',
    seed: 60,
  },
];
