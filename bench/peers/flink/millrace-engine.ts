/** Runs queries on Millrace, each in a process of its own that warms itself up. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { EngineRun, RunRequest } from './engine.ts';

const BENCH = join(import.meta.dirname, '..', '..', 'run.ts');

/** @throws Error when the process fails */
export async function runMillrace({ query, events, parallelism, isVerified }: RunRequest): Promise<EngineRun> {
  const flags = ['--query', query, '--events', String(events), '--parallelism', String(parallelism), '--json'];
  // A wrong check value is for the comparison to tell; without a warm-up it comes sooner.
  const verification = isVerified ? ['--verify', '--warm-up', '0'] : [];
  const child = spawn(process.execPath, ['--conditions=source', BENCH, 'nexmark', ...flags, ...verification], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const onExit = (): void => void child.kill('SIGKILL');
  process.once('exit', onExit);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  const output = await text(child.stdout);
  const code = await ended;
  process.off('exit', onExit);
  const run = parseMillraceRun(output);
  if (run === undefined) throw new Error(`Millrace's run of '${query}' gave no result and the exit code ${code}`);
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
