import type { SimulationScenario } from 'millrace/testing';
import { atLeastOnce } from './at-least-once.ts';
import { batches } from './batches.ts';
import { connected } from './connected.ts';
import { files } from './files.ts';
import { keyedCounts } from './keyed-counts.ts';
import { keyedState } from './keyed-state.ts';
import { pairs } from './pairs.ts';
import { sessions } from './sessions.ts';
import { slidingWindows } from './sliding-windows.ts';
import { union } from './union.ts';
import { windowJoin } from './window-join.ts';
import { windows } from './windows.ts';

/** By name. Seeds are spread over them in this order. */
export const SCENARIOS = {
  'keyed-counts': keyedCounts,
  'keyed-state': keyedState,
  windows,
  union,
  files,
  pairs,
  batches,
  'at-least-once': atLeastOnce,
  connected,
  'window-join': windowJoin,
  'sliding-windows': slidingWindows,
  sessions,
} as const satisfies Readonly<Record<string, SimulationScenario>>;

export type ScenarioName = keyof typeof SCENARIOS;

export const SCENARIO_NAMES: readonly ScenarioName[] = Object.keys(SCENARIOS).filter(isScenarioName);

export function isScenarioName(name: string): name is ScenarioName {
  return name in SCENARIOS;
}

/** Where a seed is run when nobody says. */
export function scenarioOfSeed(seed: number): ScenarioName {
  return SCENARIO_NAMES[seed % SCENARIO_NAMES.length] ?? 'keyed-counts';
}
