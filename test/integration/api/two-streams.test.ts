/**
 * Connected streams, joins and coGroups against plain loops over the same records: on both hosts, at several parallelisms, and
 * stopped and resumed at other ones, also after one of the two streams has ended.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BRANCHES, order, ORDERS, payment, PAYMENTS, WINDOW_MS } from '../../support/jobs/two-streams.ts';
import type { Order, Payment } from '../../support/jobs/two-streams.ts';
import { eventually } from '../../support/eventually.ts';
import { HOSTS, outputFolder, outputLines, runJob, scratchFolder, startJob } from '../../support/run-job.ts';

const orders = Array.from({ length: ORDERS }, (_, id) => order(id));
const payments = Array.from({ length: PAYMENTS }, (_, id) => payment(id));
const ordersOf = Map.groupBy(orders, ({ customer }) => customer);
const paymentsOf = Map.groupBy(payments, ({ of }) => of);

const pairs = orders.flatMap((first) =>
  payments.filter(({ of }) => of === first.customer).map((second): [Order, Payment] => [first, second]),
);
const windowOf = ({ timeMs }: { readonly timeMs: number }): number => Math.floor(timeMs / WINDOW_MS);
const pairsInWindows = pairs.filter(([first, second]) => windowOf(first) === windowOf(second));
const pairLine = ([first, second]: readonly [Order, Payment]): string => `${first.id} ${second.id}`;

const customers = [...ordersOf].map(
  ([customer, own]) => `${customer}: ${own.length} ${paymentsOf.get(customer)?.length ?? 0}`,
);

function groupSizes(): readonly string[] {
  const sizes = new Map<string, [number, number]>();
  const count = (customer: string, value: { readonly timeMs: number }, side: 0 | 1): void => {
    const key = `${customer} ${windowOf(value)}`;
    const size = sizes.get(key) ?? [0, 0];
    size[side]++;
    sizes.set(key, size);
  };
  for (const each of orders) count(each.customer, each, 0);
  for (const each of payments) count(each.of, each, 1);
  return [...sizes.values()].map(([first, second]) => `${first} ${second}`);
}

const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  map: [...orders.map(({ id }) => `order ${id}`), ...payments.map(({ id }) => `payment ${id}`)],
  flatMap: [
    ...orders.flatMap(({ id }) => Array.from({ length: id % 3 }, () => `order ${id}`)),
    ...payments.map(({ id }) => `payment ${id}`),
  ],
  process: [
    ...orders.map(({ id, timeMs }) => `order ${id} at ${timeMs}`),
    ...payments.map(({ id, timeMs }) => `payment ${id} at ${timeMs}`),
  ],
  'keyed process': [...pairs.map(pairLine), ...customers],
  'keyed streams': [...pairs.map(pairLine), ...customers],
  'side output': payments.filter(({ id }) => id % 50 === 49).map(({ id }) => `${id}`),
  join: pairsInWindows.map(pairLine),
  'flat join': pairsInWindows.filter(([first, second]) => first.timeMs === second.timeMs).map(pairLine),
  coGroup: groupSizes(),
};

function expectAll(folder: string): void {
  expect(Object.keys(EXPECTED)).toEqual(Object.keys(BRANCHES));
  for (const [name, lines] of Object.entries(EXPECTED)) {
    const written = outputLines(join(outputFolder(folder), name.replaceAll(' ', '-')));
    expect(written.toSorted(), name).toEqual([...lines].toSorted());
  }
}

describe.each(HOSTS)('two streams on %s', (host) => {
  it.each([1, 2, 3])('give what a loop gives at parallelism %i', async (parallelism) => {
    const { folder, result } = await runJob('two-streams', { host, parallelism });
    expect(result).toMatchObject({ outcome: 'FINISHED', recordsIn: ORDERS + PAYMENTS });
    expectAll(folder);
  });

  it('give it when they go on after one of the two has ended', async () => {
    const folder = scratchFolder();
    const setup = { folder, host, parameters: { rate: '60' } };
    const first = await startJob('two-streams', { ...setup, parallelism: 2 });
    const isOver = (name: string): boolean => {
      const vertex = first.handle.status().vertices.find((one) => one.name.startsWith(`Source: ${name}`));
      return vertex?.finishedSubtasks === vertex?.parallelism;
    };
    await eventually(() => isOver('orders'));
    expect(isOver('payments')).toBe(false);
    expect((await first.handle.suspend()).outcome).toBe('SUSPENDED');
    const { result } = await runJob('two-streams', { ...setup, parallelism: 3 });
    expect(result).toMatchObject({ outcome: 'FINISHED' });
    expect(result.recordsIn).toBeLessThan(PAYMENTS);
    expectAll(folder);
  });

  it('give it when they are stopped and resumed at other parallelisms', async () => {
    const folder = scratchFolder();
    for (const parallelism of [1, 3, 2]) {
      const setup = { folder, host, parallelism, parameters: { rate: '300' } };
      const { handle, event } = await startJob('two-streams', setup);
      await event('checkpoint-completed');
      expect((await handle.suspend()).outcome).toBe('SUSPENDED');
    }
    const { result } = await runJob('two-streams', { folder, host, parallelism: 4, parameters: { rate: '300' } });
    expect(result.outcome).toBe('FINISHED');
    expectAll(folder);
  });
});
