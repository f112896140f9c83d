/** Whether both engines give what the workload's definition says. */
import { expectedResult, QUERIES } from '../../nexmark/queries.ts';
import type { ExpectedResult } from '../../nexmark/queries.ts';
import type { EngineRun, RunRequest } from './engine.ts';
import type { FlinkPeerFlags } from './flags.ts';
import { FlinkEngine } from './flink-engine.ts';
import type { FlinkFiles } from './flink-engine.ts';
import { runMillrace } from './millrace-engine.ts';
import { verificationTable } from './verification-table.ts';
import type { Verification } from './verification-table.ts';

const DEFAULT_EVENTS = 1_000_000;

/** All fields of all events, which no query shows. Millrace's generator has tests of its own. */
const GENERATOR_QUERY = 'events';
const GENERATOR_RESULTS: Readonly<Record<number, ExpectedResult>> = {
  1_000_000: { rows: 1_000_000, check: 4_282_254_952 },
};

/** Prints a table. Settles with the exit code: 1 when a result is wrong. */
export async function verifyQueries(files: FlinkFiles, flags: FlinkPeerFlags, setting: string): Promise<number> {
  const { events = DEFAULT_EVENTS, parallelism } = flags;
  const flink = await FlinkEngine.start(files, parallelism);
  const verifications: Verification[] = [];
  try {
    verifications.push(await verifyGenerator(flink, events, parallelism));
    for (const query of flags.queries) verifications.push(await verifyQuery(flink, query, events, parallelism));
  } finally {
    await flink.stop();
  }
  const { text, isWrong } = verificationTable(verifications);
  console.log(`\n${text}\n\n${setting}`);
  return isWrong ? 1 : 0;
}

async function verifyGenerator(flink: FlinkEngine, events: number, parallelism: number): Promise<Verification> {
  const request: RunRequest = { query: GENERATOR_QUERY, events, parallelism, isVerified: true };
  return { request, expected: GENERATOR_RESULTS[events], flink: result(await flink.run(request)), millrace: undefined };
}

/** On Flink first, then on Millrace. */
async function verifyQuery(
  flink: FlinkEngine,
  name: string,
  events: number,
  allSubtasks: number,
): Promise<Verification> {
  const query = QUERIES[name];
  if (query === undefined) throw new TypeError(`There is no query '${name}'`);
  const parallelism = query.comparableParallelism ?? allSubtasks;
  const request: RunRequest = { query: name, events, parallelism, isVerified: true };
  console.error(`${name} ...`);
  return {
    request,
    expected: expectedResult(query, events, parallelism),
    flink: result(await flink.run(request)),
    millrace: result(await runMillrace(request)),
  };
}

function result({ rows, check = Number.NaN }: EngineRun): ExpectedResult {
  return { rows, check };
}
