/** `bench nexmark`: one warm-up run, then one that counts, in the same process. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { formatMemorySize } from '../../src/base/duration.ts';
import { formatCount, formatRate } from '../../src/metrics/format-values.ts';
import { measureQuery } from './measure-query.ts';
import type { MeasureOptions, Measurement } from './measure-query.ts';
import { expectedResult, QUERIES } from './queries.ts';
import type { Query } from './queries.ts';

export const NEXMARK_USAGE = `nexmark --query <name> [options]
  --query <name>               ${Object.keys(QUERIES).join(', ')}
  --events <n>                 of the run that counts (default 20000000)
  --warm-up <n>                events of the run before it (default 5000000, at most as many as --events; 0: none)
  --parallelism <p>            default: the number of cores
  --checkpoint-interval <ms>   exactly-once checkpoints to the local disk (default 1000; 0: none)
  --host <threads|inline>      default: threads
  --verify                     make every row's text and compare the check value, where it is known
  --json                       one line for machines`;

export interface NexmarkFlags {
  readonly query: string;
  readonly options: MeasureOptions;
  readonly warmUpEvents: number;
  readonly isJson: boolean;
}

/** @throws TypeError when a flag is unknown or wrong */
export function parseNexmarkFlags(args: readonly string[]): NexmarkFlags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      query: { type: 'string' },
      events: { type: 'string', default: '20000000' },
      'warm-up': { type: 'string', default: '5000000' },
      parallelism: { type: 'string', default: String(availableParallelism()) },
      'checkpoint-interval': { type: 'string', default: '1000' },
      host: { type: 'string', default: 'threads' },
      verify: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { query = '', host } = values;
  if (!Object.hasOwn(QUERIES, query)) throw new TypeError(`There is no query '${query}'`);
  if (host !== 'threads' && host !== 'inline') throw new TypeError(`There is no host '${host}'`);
  const events = count('events', values.events, 1);
  return {
    query,
    options: {
      events,
      parallelism: count('parallelism', values.parallelism, 1),
      host,
      checkpointIntervalMs: count('checkpoint-interval', values['checkpoint-interval'], 0),
      isVerified: values.verify,
    },
    warmUpEvents: Math.min(events, count('warm-up', values['warm-up'], 0)),
    isJson: values.json,
  };
}

function count(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) {
    throw new TypeError(`'--${name}' is '${text}' and must be an integer of at least ${least}`);
  }
  return value;
}

/** Settles with the exit code: 1 when the check value is wrong. */
export async function nexmarkCommand({ query: name, options, warmUpEvents, isJson }: NexmarkFlags): Promise<number> {
  const query = QUERIES[name];
  if (query === undefined) throw new TypeError(`There is no query '${name}'`);
  if (warmUpEvents > 0) await measureQuery(query, { ...options, events: warmUpEvents, isVerified: false });
  const measurement = await measureQuery(query, options);
  const verdict = verdictOf(query, options, measurement);
  const peakRssBytes = process.resourceUsage().maxRSS * 1024;
  console.log(
    isJson ? jsonLine(name, options, measurement, peakRssBytes) : text(name, options, measurement, peakRssBytes),
  );
  if (!isJson && verdict !== undefined) console.log(`  check        ${verdict.text}`);
  return verdict?.isWrong === true ? 1 : 0;
}

function jsonLine(name: string, options: MeasureOptions, measurement: Measurement, peakRssBytes: number): string {
  const { rows, check, seconds, cpuSeconds, checkpoints } = measurement;
  const { events, parallelism, host, checkpointIntervalMs } = options;
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
    peakRssBytes,
  });
}

function text(name: string, options: MeasureOptions, measurement: Measurement, peakRssBytes: number): string {
  const { rows, seconds, cpuSeconds, checkpoints } = measurement;
  const { events, parallelism, host, checkpointIntervalMs } = options;
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
    `  memory       ${formatMemorySize(peakRssBytes)} at most`,
  ].join('\n');
}

interface Verdict {
  readonly isWrong: boolean;
  readonly text: string;
}

function verdictOf(
  query: Query,
  { events, parallelism, isVerified }: MeasureOptions,
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
