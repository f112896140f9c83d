/**
 * What was measured of a state of the repository that was accepted: a file of bench/results, named after date and commit. Nothing in
 * it is compared with figures of another machine or hour; it says which commit to compare with, and what it once reached.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type as systemName } from 'node:os';
import { join } from 'node:path';
import type { QueryFigures } from './run-checkout.ts';

export interface AcceptedState {
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly versions: { readonly millrace: string; readonly node: string };
  readonly parallelism: number;
  /** One entry a run. */
  readonly queries: Readonly<Record<string, readonly QueryFigures[]>>;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  /** Of the last minute, before the first run: others were at work too when it is not near 0. */
  readonly load: number;
}

export function thisMachine(load: number): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${systemName()} ${release()}`,
    load,
  };
}

/** Returns the path of the file. */
export function writeAcceptedState(folder: string, state: AcceptedState): string {
  mkdirSync(folder, { recursive: true });
  const moment = state.date.slice(0, 19).replaceAll(':', '');
  const path = join(folder, `${moment}-${state.commit.slice(0, 10)}.json`);
  writeFileSync(path, `${JSON.stringify(state, undefined, 2)}\n`);
  return path;
}

/** The one with the latest date; undefined when none was accepted. */
export function latestAcceptedState(folder: string): AcceptedState | undefined {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  const latest = names.toSorted().at(-1);
  // What writeAcceptedState writes; names begin with the date.
  return latest === undefined ? undefined : (JSON.parse(readFileSync(join(folder, latest), 'utf8')) as AcceptedState);
}
