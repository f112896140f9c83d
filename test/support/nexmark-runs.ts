/** Runs of the benchmark's queries that tests compare with the results of Apache Flink. */
import type { QueryRun } from '../../bench/nexmark/measurement.ts';
import { QUERIES } from '../../bench/nexmark/queries.ts';
import type { Query } from '../../bench/nexmark/queries.ts';

export const EVENTS = 100_000;

export const VERIFIED: Omit<QueryRun, 'host' | 'parallelism'> = {
  events: EVENTS,
  checkpointIntervalMs: 100,
  isVerified: true,
  rate: undefined,
  crash: undefined,
};

export interface ComparableRun {
  readonly name: string;
  readonly query: Query;
  readonly parallelism: number;
}

/** Each query at parallelism 1 and 2, but for one whose rows depend on how the events of several source subtasks mix. */
export const COMPARABLE: readonly ComparableRun[] = Object.entries(QUERIES).flatMap(([name, query]) =>
  parallelismOf(query).map((parallelism) => ({ name, query, parallelism })),
);

/** Each of these queries at the highest parallelism at which it can be compared. */
export function widestRuns(names: readonly string[]): readonly ComparableRun[] {
  return names.map((name) => {
    const widest = COMPARABLE.findLast((run) => run.name === name);
    if (widest === undefined) throw new Error(`There is no query '${name}'`);
    return widest;
  });
}

function parallelismOf({ comparableParallelism }: Query): readonly number[] {
  return comparableParallelism === undefined ? [1, 2] : [comparableParallelism];
}
