/** Streams that part and meet in all ways give every record its way exactly once. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RECORDS } from '../../support/jobs/topology.ts';
import { HOSTS, outputFolder, outputRows, runJob, scratchFolder, startJob } from '../../support/run-job.ts';
import type { StartedJob } from '../../support/run-job.ts';

const numbers = Array.from({ length: RECORDS }, (_, n) => n);
const negative = numbers.map((n) => 0 - n);
const small = numbers.filter((n) => n < 10);
const large = numbers.filter((n) => n >= 10);

const EXPECTED: Readonly<Record<string, readonly number[]>> = {
  numbers,
  even: numbers.filter((n) => n % 2 === 0),
  wide: numbers,
  narrow: numbers,
  everywhere: [1, 2, 3].flatMap(() => numbers.filter((n) => n < 100)),
  'first only': numbers,
  'last of six': numbers.slice(-6),
  'both signs': [...numbers, ...negative],
  twice: [...numbers, ...numbers],
  'three ways': [...numbers, ...negative, ...negative, ...negative],
  'keyed and united': [...numbers, ...negative],
  large,
  small,
  'small, elsewhere': small,
  'united again': [...large, ...small, ...small],
  alone: numbers.map((n) => n + 1),
  chained: numbers.map((n) => n + 3),
};

function expectEveryRecordOnce(folder: string): void {
  const actual = new Map<string, number[]>();
  for (const { from, n } of outputRows(folder) as readonly { from: string; n: number }[]) {
    const known = actual.get(from);
    if (known === undefined) actual.set(from, [n]);
    else known.push(n);
  }
  expect([...actual.keys()].toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
  for (const [from, expected] of Object.entries(EXPECTED)) {
    const inOrder = (list: readonly number[]): string => list.toSorted((a, b) => a - b).join(' ');
    expect(inOrder(actual.get(from) ?? []), from).toBe(inOrder(expected));
  }
}

/** Names of vertices, by what is chained. */
function chainsOf(started: StartedJob): readonly string[] {
  return started.handle.status().vertices.map(({ name }) => name);
}

describe.each(HOSTS)('on %s', (host) => {
  it.each(host === 'inline' ? [1, 2, 3] : [2])(
    'every record goes all its ways once at parallelism %i',
    async (parallelism) => {
      const { folder, result } = await runJob('topology', { host, parallelism });
      expect(result).toMatchObject({ outcome: 'FINISHED', recordsIn: RECORDS });
      expect(result.recordsOut).toBe(Object.values(EXPECTED).reduce((sum, { length }) => sum + length, 0));
      expectEveryRecordOnce(folder);
    },
  );

  it('so it does when it is stopped and resumed at other parallelisms', async () => {
    const folder = scratchFolder();
    for (const parallelism of host === 'inline' ? [2, 1, 3] : [1]) {
      const { handle, event } = await startJob('topology', { folder, host, parallelism, parameters: { rate: '4000' } });
      await event('checkpoint-completed');
      expect((await handle.suspend()).outcome).toBe('SUSPENDED');
    }
    const { result } = await runJob('topology', { folder, host, parallelism: 2 });
    expect(result.outcome).toBe('FINISHED');
    expectEveryRecordOnce(folder);
    expect(readdirSync(outputFolder(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

it('every record goes all its ways once without checkpoints', async () => {
  const { folder, result } = await runJob('topology', {
    host: 'inline',
    parameters: { 'without-checkpoints': '' },
  });
  expect(result).toMatchObject({ outcome: 'FINISHED', completedCheckpoints: 0 });
  expectEveryRecordOnce(folder);
});

it('what is chained is as the definition says', async () => {
  const started = await startJob('topology', { host: 'inline' });
  await started.handle.result;
  const chains = chainsOf(started);
  expect(chains.filter((name) => name.includes('alone'))).toEqual(['alone', 'rows of alone -> Sink: out of alone']);
  expect(chains.find((name) => name.startsWith('head'))).toBe(
    'head -> tail -> rows of chained -> Sink: out of chained',
  );
  const [source] = chains;
  expect(source).toContain('numbers -> (');
  expect(source).toContain('negative');
  expect(source).not.toContain('rows of wide');
});
