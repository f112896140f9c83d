/** One run of a query, and what it cost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement, QueryRun } from './measurement.ts';
import type { Query } from './queries.ts';

import { readResults } from './result-folder.ts';
import { runQuery } from './run-query.ts';
import type { QueryFolders, RunFigures } from './run-query.ts';
import { simulateQuery } from './simulate-query.ts';

const PROCESS_MAIN = join(import.meta.dirname, 'query-process-main.ts');

/** In this process, but for a run that is to be killed. */
export async function measureQuery(query: Query, run: QueryRun, seed: number = 1): Promise<Measurement> {
  if (run.host === 'sim') return simulateQuery(query, run, seed);
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const folders: QueryFolders = {
    checkpoints: join(directory, 'checkpoints'),
    results: join(directory, 'results'),
    crashMarker: join(directory, 'has-crashed'),
  };
  try {
    const isKilled = run.crash?.kind === 'kill';
    const figures = isKilled ? await runTwice(query, run, folders) : await runQuery(query.module, run, folders);
    if (run.crash !== undefined && figures.restarts === 0) throw new Error('The run has ended before it crashed');
    const { rows, sum } = readResults(folders.results, run.parallelism);
    return { ...figures, rows, check: run.isVerified ? sum : undefined };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** In processes of their own: the first one is killed, the second one resumes. The figures are of the second. */
async function runTwice(query: Query, run: QueryRun, folders: QueryFolders): Promise<RunFigures> {
  const first = await runInProcess(query, run, folders);
  if (first.signal !== 'SIGKILL') throw new Error('The run has ended before it was killed');
  const { figures } = await runInProcess(query, run, folders);
  if (figures === undefined) throw new Error('The run that was to resume has failed');
  return { ...figures, restarts: 1 };
}

async function runInProcess(
  query: Query,
  run: QueryRun,
  folders: QueryFolders,
): Promise<{ readonly signal: NodeJS.Signals | null; readonly figures: RunFigures | undefined }> {
  const request: QueryRequest = { module: query.module.href, run, folders };
  const command = ['--conditions=source', PROCESS_MAIN, JSON.stringify(request)];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let figures: RunFigures | undefined;
  // What query-process-main.ts sends.
  child.on('message', (message) => (figures = message as RunFigures));
  await once(child, 'close');
  return { signal: child.signalCode, figures };
}

export interface QueryRequest {
  readonly module: string;
  readonly run: QueryRun;
  readonly folders: QueryFolders;
}
