/** The queries of the benchmark give the same results when something fails in between. */
import { describe, expect, it } from 'vitest';
import type { Crash, QueryRun } from '../../bench/nexmark/measurement.ts';
import { measureQuery } from '../../bench/nexmark/measure-query.ts';
import { expectedResult, QUERIES } from '../../bench/nexmark/queries.ts';
import { EVENTS, VERIFIED, widestRuns } from '../support/nexmark-runs.ts';
import type { ComparableRun } from '../support/nexmark-runs.ts';

describe('a crash in the middle', () => {
  async function expectRecovery({ query, parallelism }: ComparableRun, kind: Crash['kind']): Promise<void> {
    const run: QueryRun = { ...VERIFIED, host: 'threads', parallelism, crash: { kind, afterEvents: 20_000 } };
    const { rows, check, restarts } = await measureQuery(query, run);
    expect({ rows, check, restarts }).toEqual({ ...expectedResult(query, EVENTS, parallelism), restarts: 1 });
  }

  const withStateOfEachKind = widestRuns(['q3', 'q5', 'q7', 'q8', 'q11', 'q18final', 'keyed']);

  it.for(withStateOfEachKind)('$name: a function throws', (run) => expectRecovery(run, 'throw'));
  it.for(widestRuns(['q17lite']))('$name: a thread ends', (run) => expectRecovery(run, 'exit'));
  it.for(widestRuns(['q17lite']))('$name: the process is killed', (run) => expectRecovery(run, 'kill'));
});

describe('simulated faults', () => {
  it.for(widestRuns(Object.keys(QUERIES)))('$name', async ({ query, parallelism }) => {
    const run: Omit<QueryRun, 'host'> = { ...VERIFIED, events: 2000, parallelism };
    const expected = await measureQuery(query, { ...run, host: 'inline' });
    const { rows, check } = await measureQuery(query, { ...run, host: 'sim' }, 3);
    expect({ rows, check }).toEqual({ rows: expected.rows, check: expected.check });
  });
});
