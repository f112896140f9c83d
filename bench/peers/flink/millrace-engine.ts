/** Runs queries on Millrace, each in a process of its own that warms itself up. */
import { join } from 'node:path';
import { runQueryChild } from '../../nexmark/query-child.ts';
import type { EngineRun, RunRequest } from './engine.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** @throws Error when the process fails */
export async function runMillrace({ query, events, parallelism, isVerified }: RunRequest): Promise<EngineRun> {
  // A wrong check value is for the comparison to tell; without a warm-up it comes sooner.
  const moreFlags = isVerified ? ['--verify', '--warm-up', '0'] : [];
  const { output, exitCode } = await runQueryChild(ROOT, { query, events, parallelism, moreFlags });
  const run = parseMillraceRun(output);
  if (run === undefined) throw new Error(`Millrace's run of '${query}' gave no result and the exit code ${exitCode}`);
  return run;
}

/** What the last line of `bench nexmark --json` holds. */
interface JsonLine {
  readonly rows: number;
  readonly check: number | null;
  readonly seconds: number;
  readonly checkpoints: { readonly count: number };
}

/** Undefined when the output does not end with a result. */
export function parseMillraceRun(output: string): EngineRun | undefined {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) return undefined;
  const { rows, check, seconds, checkpoints } = JSON.parse(line) as JsonLine; // our own command's
  return { rows, check: check ?? undefined, seconds, checkpointCount: checkpoints.count };
}
