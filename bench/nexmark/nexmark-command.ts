/** `bench nexmark`: one warm-up run, then one that counts, in the same process. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { formatMemorySize } from '../../src/base/duration.ts';
import { formatCount, formatRate } from '../../src/metrics/format-values.ts';
import type { Command } from '../command-line/command.ts';
import { countFlag, namedFlag } from '../command-line/flags.ts';
import { CRASH_KINDS } from './crash.ts';
import type { Crash, Measurement, QueryRun } from './measurement.ts';
import { measureQuery } from './measure-query.ts';
import { expectedResult, QUERIES } from './queries.ts';
import type { Query } from './queries.ts';

const HOSTS = ['threads', 'inline', 'sim'] as const;

export const nexmarkCommand: Command = {
  usage: `nexmark --query <name> [options]
  --query <name>               ${Object.keys(QUERIES).join(', ')}
  --events <n>                 of the run that counts (default 20000000)
  --warm-up <n>                events of the run before it (default 5000000, at most as many as --events; 0: none)
  --parallelism <p>            default: the number of cores
  --checkpoint-interval <ms>   exactly-once checkpoints to the local disk (default 1000; 0: none)
  --host <name>                threads (default), inline, or sim: under faults, in one thread, and without a warm-up
  --seed <n>                   of the faults with --host sim (default 1)
  --rate <events/s>            of all subtasks together (default: as many as they can)
  --crash <kind>               once in the middle: throw (in the source), exit (of its thread), kill (of the process)
  --verify                     make every row's text and compare the check value, where it is known
  --json                       one line for machines`,

  prepare: (args) => {
    const flags = parseNexmarkFlags(args);
    return () => nexmark(flags);
  },
};

export interface NexmarkFlags {
  readonly query: string;
  readonly run: QueryRun;
  readonly seed: number;
  readonly warmUpEvents: number;
  readonly isJson: boolean;
}

/** @throws TypeError when a flag is unknown or wrong */
export function parseNexmarkFlags(args: readonly string[]): NexmarkFlags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      query: { type: 'string', default: '' },
      events: { type: 'string', default: '20000000' },
      'warm-up': { type: 'string', default: '5000000' },
      parallelism: { type: 'string', default: String(availableParallelism()) },
      'checkpoint-interval': { type: 'string', default: '1000' },
      host: { type: 'string', default: 'threads' },
      seed: { type: 'string', default: '1' },
      rate: { type: 'string' },
      crash: { type: 'string' },
      verify: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { query, rate } = values;
  if (!Object.hasOwn(QUERIES, query)) throw new TypeError(`There is no query '${query}'`);
  const events = countFlag('events', values.events, 1);
  const parallelism = countFlag('parallelism', values.parallelism, 1);
  const host = namedFlag('host', values.host, HOSTS);
  const crash = crashOf(values.crash, events, parallelism);
  const hasWarmUp = host !== 'sim' && crash === undefined;
  return {
    query,
    run: {
      events,
      parallelism,
      host,
      checkpointIntervalMs: countFlag('checkpoint-interval', values['checkpoint-interval'], 0),
      isVerified: values.verify,
      rate: rate === undefined ? undefined : countFlag('rate', rate, 1),
      crash,
    },
    seed: countFlag('seed', values.seed, 0),
    warmUpEvents: hasWarmUp ? Math.min(events, countFlag('warm-up', values['warm-up'], 0)) : 0,
    isJson: values.json,
  };
}

function crashOf(kind: string | undefined, events: number, parallelism: number): Crash | undefined {
  if (kind === undefined) return undefined;
  return { kind: namedFlag('crash', kind, CRASH_KINDS), afterEvents: Math.floor(events / parallelism / 2) };
}

/** Settles with the exit code: 1 when the check value is wrong. */
async function nexmark({ query: name, run, seed, warmUpEvents, isJson }: NexmarkFlags): Promise<number> {
  const query = QUERIES[name];
  if (query === undefined) throw new TypeError(`There is no query '${name}'`);
  if (warmUpEvents > 0) await measureQuery(query, { ...run, events: warmUpEvents, isVerified: false });
  const measurement = await measureQuery(query, run, seed);
  const verdict = verdictOf(query, run, measurement);
  const peakRssBytes = process.resourceUsage().maxRSS * 1024;
  console.log(isJson ? jsonLine(name, run, measurement, peakRssBytes) : text(name, run, measurement, peakRssBytes));
  if (!isJson && verdict !== undefined) console.log(`  check        ${verdict.text}`);
  return verdict?.isWrong === true ? 1 : 0;
}

function jsonLine(name: string, run: QueryRun, measurement: Measurement, peakRssBytes: number): string {
  const { rows, check, seconds, cpuSeconds, checkpoints, restarts } = measurement;
  const { events, parallelism, host, checkpointIntervalMs } = run;
  return JSON.stringify({
    query: name,
    events,
    parallelism,
    host,
    checkpointIntervalMs,
    rows,
    check: check ?? null,
    seconds,
    eventsPerSecond: Math.round(events / seconds),
    cpuSeconds,
    checkpoints,
    restarts,
    peakRssBytes,
  });
}

function text(name: string, run: QueryRun, measurement: Measurement, peakRssBytes: number): string {
  const { rows, seconds, cpuSeconds, checkpoints, restarts } = measurement;
  const { events, parallelism, host, checkpointIntervalMs } = run;
  const taken =
    checkpointIntervalMs === 0
      ? 'none'
      : `${checkpoints.count}, median ${Math.round(checkpoints.medianMs)} ms, longest ${Math.round(checkpoints.longestMs)} ms, ${formatMemorySize(checkpoints.bytes)} in all`;
  return [
    `${name}: ${formatRate(events / seconds)} events/s`,
    `  events       ${formatCount(events)} in ${seconds.toFixed(2)} s, parallelism ${parallelism}, host ${host}`,
    `  rows         ${formatCount(rows)}`,
    `  cpu          ${cpuSeconds.toFixed(1)} s`,
    `  checkpoints  ${taken}`,
    ...(restarts === 0 ? [] : [`  restarts     ${restarts}`]),
    `  memory       ${formatMemorySize(peakRssBytes)} at most`,
  ].join('\n');
}

interface Verdict {
  readonly isWrong: boolean;
  readonly text: string;
}

function verdictOf(
  query: Query,
  { events, parallelism, isVerified }: QueryRun,
  { rows, check }: Measurement,
): Verdict | undefined {
  if (!isVerified || check === undefined) return undefined;
  const expected = expectedResult(query, events, parallelism);
  if (expected === undefined) return { isWrong: false, text: `${rows} rows, ${check} (nothing to compare with)` };
  const isWrong = rows !== expected.rows || check !== expected.check;
  return {
    isWrong,
    text: `${rows} rows, ${check}: ${isWrong ? `WRONG, wanted ${expected.rows} rows, ${expected.check}` : 'right'}`,
  };
}
