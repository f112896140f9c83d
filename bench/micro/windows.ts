// What windows of a keyed stream cost, their firing included: `node --conditions=source bench/micro/windows.ts [kind...]`. Figures
// are for 20,000 records. On a machine that does other things too, compare the minima.
import { bench, do_not_optimize, group, run } from 'mitata';
import { count, sums, windowed, WINDOWS } from './window-load.ts';

const BATCH = 20_000;

const kinds = process.argv.slice(2);
for (const [kind, { rate, assigner }] of Object.entries(WINDOWS)) {
  if (kinds.length > 0 && !kinds.includes(kind)) continue;
  group(`${BATCH} records in ${kind} windows`, () => {
    for (const keyCount of [1000, 10_000, 100_000]) {
      for (const [name, aggregate] of Object.entries({ count, 'count and sum': sums })) {
        const take = windowed({ assigner: assigner(), aggregate, keyCount, rate });
        bench(`${name}, ${keyCount} keys`, () => do_not_optimize(take(BATCH)));
      }
    }
  });
}

await run();
