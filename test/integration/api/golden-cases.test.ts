/**
 * The recorded Flink jobs, all of them in one job of the public API: on both hosts, at several parallelisms, and stopped and
 * resumed at other parallelisms in the middle.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { goldenCase, goldenRules } from '../../support/golden-case.ts';
import { normalised } from '../../support/golden-order.ts';
import type { OutputLine } from '../../support/golden-order.ts';
import { committedFiles, HOSTS, outputFolder, runJob, scratchFolder, startJob } from '../../support/run-job.ts';
import { BRANCHES } from '../../support/jobs/golden-cases.ts';

/** Fields by name do not reach into tuples of tuples. */
const LEFT_OUT = new Set(['rolling-nested/tuple']);

describe.each(HOSTS)('recorded jobs on %s', (host) => {
  it.each(host === 'inline' ? [1, 2, 3] : [2])('give the recorded results at parallelism %i', async (parallelism) => {
    const { folder, result } = await runJob('golden-cases', { host, parallelism });
    expect(result.outcome).toBe('FINISHED');
    expectRecordedResults(folder, parallelism > 1);
  });

  it('give them when they are stopped and resumed at other parallelisms', async () => {
    const folder = scratchFolder();
    for (const parallelism of host === 'inline' ? [1, 3, 2] : [1]) {
      const { handle, event } = await startJob('golden-cases', {
        folder,
        host,
        parallelism,
        parameters: { rate: '50' },
      });
      await event('checkpoint-completed');
      await handle.suspend();
    }
    const { result } = await runJob('golden-cases', { folder, host, parallelism: 2 });
    expect(result.outcome).toBe('FINISHED');
    expectRecordedResults(folder, true);
  });
});

function expectRecordedResults(folder: string, isParallel: boolean): void {
  const wrong: Record<string, unknown> = {};
  for (const name of Object.keys(BRANCHES)) {
    const { order } = goldenRules(name);
    const { output } = goldenCase<unknown, OutputLine>(name);
    const recorded = output.filter(({ out }) => out !== undefined);
    const outs = new Set(recorded.map(({ out = '' }) => out));
    for (const out of outs) {
      if (LEFT_OUT.has(`${name}/${out}`)) continue;
      const rule = isParallel ? 'perKey' : order.replace('-per-out', '');
      const expected = normalised(
        recorded.filter((line) => line.out === out),
        rule,
        isParallel,
      );
      const actual = normalised(rowsOf(folder, name, out), rule, isParallel);
      if (!isDeepStrictEqual(actual, expected)) wrong[`${name}/${out}`] = { expected, actual };
    }
  }
  expect(wrong).toEqual({});
}

/** In the order of writing, as far as one subtask is concerned. */
function rowsOf(folder: string, name: string, out: string): readonly OutputLine[] {
  return committedFiles(join(outputFolder(folder), name, out))
    .toSorted((a, b) => compareFiles(placeOf(a), placeOf(b)))
    .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => ({ out, ...JSON.parse(line) }));
}

/** Epoch, attempt, subtask, counter. */
function placeOf(path: string): readonly number[] {
  const [, subtask, epoch, attempt, counter] = /-s(\d+)-e(\d+)-a(\d+)-c(\d+)\.jsonl$/.exec(path) ?? [];
  return [epoch, attempt, subtask, counter].map(Number);
}

function compareFiles(a: readonly number[], b: readonly number[]): number {
  const difference = a.findIndex((part, index) => part !== b[index]);
  return difference < 0 ? 0 : (a[difference] ?? 0) - (b[difference] ?? 0);
}
