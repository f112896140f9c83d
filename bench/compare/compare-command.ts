/**
 * `bench compare`: the work tree as it is against the last accepted commit, in turns, on this machine. Only such figures say whether a
 * change costs something: those of another hour do not.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { formatRate } from '../../src/metrics/format-values.ts';
import type { Command } from '../command-line/command.ts';
import { countFlag } from '../command-line/flags.ts';
import { latestAcceptedState } from './accepted-state.ts';
import { chosenQueries } from './query-events.ts';
import { comparisonFigures } from './ratios.ts';
import type { ComparisonFigures, Pair } from './ratios.ts';
import { checkOut, RESULTS, ROOT } from './repository.ts';
import { runCheckout } from './run-checkout.ts';
import type { CheckoutRequest } from './run-checkout.ts';

interface CompareOptions {
  /** Events by query. */
  readonly queries: ReadonlyMap<string, number>;
  readonly runs: number;
  readonly parallelism: number;
  /** Undefined: the last accepted commit. */
  readonly commit: string | undefined;
  readonly isJson: boolean;
}

const EXIT_INTERRUPTED = 130;

export const compareCommand: Command = {
  usage: `compare [options]
  --query <names>              separated by commas (default: all)
  --runs <n>                   pairs of runs of each query (default 3)
  --events <n>                 of each run (default: by query)
  --parallelism <p>            default: the number of cores
  --commit <commit>            to compare with (default: the last one that was accepted)
  --json                       one line for machines`,

  prepare: (args) => {
    const options = parseCompareFlags(args);
    return () => compare(options);
  },
};

/** @throws TypeError when a flag is unknown or wrong */
export function parseCompareFlags(args: readonly string[]): CompareOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      query: { type: 'string' },
      runs: { type: 'string', default: '3' },
      events: { type: 'string' },
      parallelism: { type: 'string', default: String(availableParallelism()) },
      commit: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const events = values.events === undefined ? undefined : countFlag('events', values.events, 1);
  return {
    queries: chosenQueries(values.query, events),
    runs: countFlag('runs', values.runs, 1),
    parallelism: countFlag('parallelism', values.parallelism, 1),
    commit: values.commit,
    isJson: values.json,
  };
}

/** Settles with the exit code: 1 when a query has become slower. */
async function compare({ queries, runs, parallelism, commit, isJson }: CompareOptions): Promise<number> {
  const accepted = commit ?? latestAcceptedState(RESULTS)?.commit;
  if (accepted === undefined) {
    console.error('No state was accepted yet: `npm run bench -- accept` does that, or name one with --commit');
    return 1;
  }
  const checkout = checkOut(accepted);
  process.once('exit', checkout.remove);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(EXIT_INTERRUPTED));
  try {
    const all: ComparisonFigures[] = [];
    for (const [query, events] of queries) {
      const pairs = await runPairs(checkout.root, { query, events, parallelism }, runs);
      all.push(comparisonFigures({ query, pairs }));
      if (!isJson) printLine(all.at(-1), all.length === 1);
    }
    if (isJson) console.log(JSON.stringify({ bench: 'compare', accepted, parallelism, queries: all }));
    return all.some(({ isSlower }) => isSlower) ? 1 : 0;
  } finally {
    checkout.remove();
    process.off('exit', checkout.remove);
  }
}

/** Each pair is begun by the other state than the one before. */
async function runPairs(acceptedRoot: string, request: CheckoutRequest, runs: number): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  while (pairs.length < runs) {
    if (pairs.length % 2 === 0) {
      const accepted = await runCheckout(acceptedRoot, request);
      pairs.push({ accepted, current: await runCheckout(ROOT, request) });
    } else {
      const current = await runCheckout(ROOT, request);
      pairs.push({ accepted: await runCheckout(acceptedRoot, request), current });
    }
  }
  return pairs;
}

function printLine(figures: ComparisonFigures | undefined, isFirst: boolean): void {
  if (figures === undefined) return;
  if (isFirst) console.log(columns('query', 'accepted', 'now', 'ratio', 'ratios of the pairs'));
  const { query, acceptedRate, currentRate, ratio, ratios, isSlower } = figures;
  const all = ratios.map((one) => one.toFixed(2)).join(' ');
  console.log(
    columns(query, formatRate(acceptedRate), formatRate(currentRate), ratio.toFixed(2), all) +
      (isSlower ? '   SLOWER' : ''),
  );
}

function columns(query: string, accepted: string, now: string, ratio: string, ratios: string): string {
  return [query.padEnd(9), accepted.padStart(10), now.padStart(10), ratio.padStart(6), '', ratios].join(' ');
}
