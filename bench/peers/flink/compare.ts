/** Alternating runs of the two engines. */
import { comparisonTable } from './comparison-table.ts';
import type { Comparison, Pair } from './comparison.ts';
import type { EngineRun, RunRequest } from './engine.ts';
import type { FlinkPeerFlags } from './flags.ts';
import { FlinkEngine } from './flink-engine.ts';
import type { FlinkFiles } from './flink-engine.ts';
import { runMillrace } from './millrace-engine.ts';
import { AMOUNTS } from './workload.ts';
import type { Amount } from './workload.ts';

/** Prints the table to standard output, and how it goes on to standard error. Settles with the exit code. */
export async function compareQueries(files: FlinkFiles, flags: FlinkPeerFlags, setting: string): Promise<number> {
  const comparisons: Comparison[] = [];
  const problems: string[] = [];
  for (const query of flags.queries) {
    try {
      const comparison = await compareQuery(files, query, flags);
      comparisons.push(comparison);
      if (!hasSameRows(comparison)) problems.push(`'${query}': the engines gave different numbers of rows`);
    } catch (error) {
      problems.push(`'${query}': ${error instanceof Error ? error.message : String(error)}`); // the others go on
    }
  }
  console.log(`\n${comparisonTable(comparisons)}\n\n${setting}`);
  for (const problem of problems) console.error(problem);
  return problems.length === 0 ? 0 : 1;
}

/** A cluster that ran other queries before is another cluster: each query has its own. */
async function compareQuery(files: FlinkFiles, query: string, flags: FlinkPeerFlags): Promise<Comparison> {
  const amount = amountOf(query);
  const { events = amount.events, runs, parallelism } = flags;
  const request: RunRequest = { query, events, parallelism, isVerified: false };
  const flink = await FlinkEngine.start(files, parallelism);
  try {
    const warmUpEvents = Math.min(events, amount.warmUpEvents);
    if (warmUpEvents > 0) await flink.run({ ...request, events: warmUpEvents });
    const pairs: Pair[] = [];
    for (let index = 0; index < runs; index++) pairs.push(await runPair(flink, request, index % 2 === 0));
    return { query, events, pairs };
  } finally {
    await flink.stop();
  }
}

/** Whatever the machine does by and by meets both alike when they take turns in being first. */
async function runPair(engine: FlinkEngine, request: RunRequest, isFlinkFirst: boolean): Promise<Pair> {
  const runFlink = async (): Promise<EngineRun> => told('Flink', request, await engine.run(request));
  const runOther = async (): Promise<EngineRun> => told('Millrace', request, await runMillrace(request));
  if (isFlinkFirst) {
    const flink = await runFlink();
    return { flink, millrace: await runOther() };
  }
  const millrace = await runOther();
  return { flink: await runFlink(), millrace };
}

function told(engine: string, { query, events }: RunRequest, run: EngineRun): EngineRun {
  const rate = (events / run.seconds / 1e6).toFixed(2);
  const took = `${run.seconds.toFixed(1)} s, checkpoints: ${run.checkpointCount}`;
  console.error(`${query.padEnd(8)} ${engine.padEnd(8)} ${rate.padStart(6)} M/s (${took})`);
  return run;
}

function hasSameRows({ query, pairs }: Comparison): boolean {
  return amountOf(query).hasRowsByOrder === true || pairs.every(({ flink, millrace }) => flink.rows === millrace.rows);
}

function amountOf(query: string): Amount {
  const amount = AMOUNTS[query];
  if (amount === undefined) throw new TypeError(`There is no query '${query}'`);
  return amount;
}
