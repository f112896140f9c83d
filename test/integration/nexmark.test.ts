/** The queries of the benchmark give the results that Apache Flink gives, on each host. */
import { describe, expect, it } from 'vitest';
import { measureQuery } from '../../bench/nexmark/measure-query.ts';
import { expectedResult } from '../../bench/nexmark/queries.ts';
import { COMPARABLE, EVENTS, VERIFIED } from '../support/nexmark-runs.ts';

describe.for([{ host: 'inline' }, { host: 'threads' }] as const)('host $host', ({ host }) => {
  it.for(COMPARABLE)('$name, parallelism $parallelism', async ({ query, parallelism }) => {
    const { rows, check } = await measureQuery(query, { ...VERIFIED, host, parallelism });
    expect({ rows, check }).toEqual(expectedResult(query, EVENTS, parallelism));
  });
});
