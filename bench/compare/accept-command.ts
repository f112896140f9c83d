/** `bench accept`: measures the current commit and keeps its figures; later states are compared with it. */
import { availableParallelism, loadavg } from 'node:os';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { formatRate } from '../../src/metrics/format-values.ts';
import type { Command } from '../command-line/command.ts';
import { countFlag } from '../command-line/flags.ts';
import { median } from '../figures/median.ts';
import { thisMachine, writeAcceptedState } from './accepted-state.ts';
import { chosenQueries } from './query-events.ts';
import { changedFiles, currentCommit, RESULTS, ROOT } from './repository.ts';
import { runCheckout } from './run-checkout.ts';
import type { QueryFigures } from './run-checkout.ts';

interface AcceptOptions {
  /** Events by query. */
  readonly queries: ReadonlyMap<string, number>;
  readonly runs: number;
  readonly parallelism: number;
}

export const acceptCommand: Command = {
  usage: `accept [options]
  --query <names>              separated by commas (default: all)
  --runs <n>                   of each query (default 3)
  --events <n>                 of each run (default: by query)
  --parallelism <p>            default: the number of cores`,

  prepare: (args) => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        query: { type: 'string' },
        runs: { type: 'string', default: '3' },
        events: { type: 'string' },
        parallelism: { type: 'string', default: String(availableParallelism()) },
      },
    });
    const events = values.events === undefined ? undefined : countFlag('events', values.events, 1);
    const options: AcceptOptions = {
      queries: chosenQueries(values.query, events),
      runs: countFlag('runs', values.runs, 1),
      parallelism: countFlag('parallelism', values.parallelism, 1),
    };
    return () => accept(options);
  },
};

async function accept({ queries, runs, parallelism }: AcceptOptions): Promise<number> {
  const changes = changedFiles();
  if (changes.length > 0) {
    console.error(`Only a commit can be accepted, and these files differ from it:\n${changes.join('\n')}`);
    return 1;
  }
  const commit = currentCommit();
  const machine = thisMachine(loadavg()[0] ?? 0);
  const figures: Record<string, readonly QueryFigures[]> = {};
  for (const [query, events] of queries) {
    const all: QueryFigures[] = [];
    while (all.length < runs) all.push(await runCheckout(ROOT, { query, events, parallelism }));
    figures[query] = all;
    console.log(`${query.padEnd(9)} ${formatRate(median(all.map(({ eventsPerSecond }) => eventsPerSecond)))} events/s`);
  }
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string };
  const path = writeAcceptedState(RESULTS, {
    date: new Date().toISOString(),
    commit,
    machine,
    versions: { millrace: version, node: process.version },
    parallelism,
    queries: figures,
  });
  console.log(`Written to ${relative(ROOT, path)}; commit it`);
  return 0;
}
