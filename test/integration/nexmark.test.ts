/**
 * The queries of the benchmark give the results that Apache Flink gives: on each host, also when something fails in between. Rows
 * that depend on how the events of several source subtasks mix are compared at parallelism 1.
 */
import { describe, expect, it } from 'vitest';
import type { CrashKind } from '../../bench/nexmark/crash.ts';
import type { Crash, QueryRun } from '../../bench/nexmark/measurement.ts';
import { measureQuery } from '../../bench/nexmark/measure-query.ts';
import { expectedResult, QUERIES } from '../../bench/nexmark/queries.ts';
import type { Query } from '../../bench/nexmark/queries.ts';

const EVENTS = 100_000;
const VERIFIED: Omit<QueryRun, 'host' | 'parallelism'> = {
  events: EVENTS,
  checkpointIntervalMs: 100,
  isVerified: true,
  rate: undefined,
  crash: undefined,
};

const ALL = Object.entries(QUERIES).map(([name, query]) => ({ name, query }));
const COMPARABLE = ALL.flatMap((of) => parallelismOf(of.query).map((parallelism) => ({ ...of, parallelism })));

const WITHOUT_STATE = ['q1', 'q2'];
const WITH_STATE = ALL.filter(({ name }) => !WITHOUT_STATE.includes(name));
const CRASHING = WITH_STATE.map((of) => ({ ...of, parallelism: Math.max(...parallelismOf(of.query)) }));

function parallelismOf({ comparableParallelism }: Query): readonly number[] {
  return comparableParallelism === undefined ? [1, 2] : [comparableParallelism];
}

describe.for([{ host: 'inline' }, { host: 'threads' }] as const)('host $host', ({ host }) => {
  it.for(COMPARABLE)('$name, parallelism $parallelism', async ({ query, parallelism }) => {
    const { rows, check } = await measureQuery(query, { ...VERIFIED, host, parallelism });
    expect({ rows, check }).toEqual(expectedResult(query, EVENTS, parallelism));
  });
});

describe('a crash in the middle', () => {
  const crash = (kind: CrashKind): Crash => ({ kind, afterEvents: 20_000 });

  it.for(CRASHING)('$name, a function throws', async ({ query, parallelism }) => {
    const run: QueryRun = { ...VERIFIED, host: 'threads', parallelism, crash: crash('throw') };
    const { rows, check, restarts } = await measureQuery(query, run);
    expect({ rows, check, restarts }).toEqual({ ...expectedResult(query, EVENTS, parallelism), restarts: 1 });
  });

  it.for([{ kind: 'exit' }, { kind: 'kill' }] as const)('q17lite, $kind', async ({ kind }) => {
    const query = queryNamed('q17lite');
    const { rows, check, restarts } = await measureQuery(query, {
      ...VERIFIED,
      host: 'threads',
      parallelism: 2,
      crash: crash(kind),
    });
    expect({ rows, check, restarts }).toEqual({ ...expectedResult(query, EVENTS, 2), restarts: 1 });
  });
});

describe('simulated faults', () => {
  it.for(COMPARABLE)('$name, parallelism $parallelism', async ({ query, parallelism }) => {
    const run: Omit<QueryRun, 'host'> = { ...VERIFIED, events: 2000, parallelism };
    const expected = await measureQuery(query, { ...run, host: 'inline' });
    const { rows, check } = await measureQuery(query, { ...run, host: 'sim' }, 3);
    expect({ rows, check }).toEqual({ rows: expected.rows, check: expected.check });
  });
});

function queryNamed(name: string): Query {
  const query = QUERIES[name];
  if (query === undefined) throw new Error(`There is no query '${name}'`);
  return query;
}
