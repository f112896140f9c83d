import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { countFlag } from '../../command-line/flags.ts';
import { AMOUNTS, COMPARED_QUERIES, VERIFIED_QUERIES } from './workload.ts';

export const FLINK_PEER_USAGE = `peers flink [options]
  --queries <names>            separated by commas (default ${COMPARED_QUERIES.join(',')})
  --events <n>                 of each run that counts (default: by query, for runs of 10 s and more; with --verify 1000000)
  --runs <n>                   pairs of runs of each query (default 3)
  --parallelism <p>            default: the number of cores
  --verify                     run each query once on both engines and compare rows and check values`;

export interface FlinkPeerFlags {
  readonly queries: readonly string[];
  /** Undefined: what suits the query. */
  readonly events: number | undefined;
  readonly runs: number;
  readonly parallelism: number;
  readonly isVerified: boolean;
}

/** @throws TypeError when a flag is unknown or wrong */
export function parseFlinkPeerFlags(args: readonly string[]): FlinkPeerFlags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      queries: { type: 'string' },
      events: { type: 'string' },
      runs: { type: 'string', default: '3' },
      parallelism: { type: 'string', default: String(availableParallelism()) },
      verify: { type: 'boolean', default: false },
    },
  });
  const { queries, events, verify: isVerified } = values;
  const all = isVerified ? VERIFIED_QUERIES : COMPARED_QUERIES;
  return {
    queries: queries === undefined ? all : queries.split(',').map(known),
    events: events === undefined ? undefined : countFlag('events', events, 1),
    runs: countFlag('runs', values.runs, 1),
    parallelism: countFlag('parallelism', values.parallelism, 1),
    isVerified,
  };
}

function known(query: string): string {
  if (!Object.hasOwn(AMOUNTS, query)) throw new TypeError(`There is no query '${query}'`);
  return query;
}
