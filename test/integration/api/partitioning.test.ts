/** Where records go from subtask to subtask, against what Flink recorded. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEnvironment } from '../../../src/index.ts';
import { goldenCase } from '../../support/golden-case.ts';
import { BRANCHES } from '../../support/jobs/partitioning.ts';
import { HOSTS, outputFolder, rowsBelow, runJob } from '../../support/run-job.ts';

interface Arrival {
  readonly v: number;
  readonly to?: number;
  /** Where a start is drawn: how far from it. */
  readonly rel?: number;
}

describe.each(HOSTS)('partitioning on %s', (host) => {
  it('deals records out as Flink does', async () => {
    const { folder, result } = await runJob('partitioning', { host });
    expect(result.outcome).toBe('FINISHED');
    for (const name of Object.keys(BRANCHES)) {
      const { output } = goldenCase<unknown, Arrival>(name);
      const isRelative = output.some(({ rel }) => rel !== undefined);
      const arrivals = inOrder(rowsBelow(join(outputFolder(folder), name)) as readonly Arrival[]);
      expect(isRelative ? relative(arrivals) : arrivals, name).toEqual(inOrder(output));
    }
  });
});

it('forward between different parallelisms is refused, as by Flink', async () => {
  const env = createEnvironment();
  const numbers = env.fromSequence(1, 10).setParallelism(2);
  const collected = numbers
    .forward()
    .map((n) => n)
    .setParallelism(3)
    .executeAndCollect();
  await expect(collected).rejects.toMatchObject({ code: 'JOB_DEFINITION_INVALID' });
});

function inOrder(arrivals: readonly Arrival[]): readonly Arrival[] {
  return arrivals.toSorted((a, b) => a.v - b.v || (a.to ?? 0) - (b.to ?? 0));
}

/** Of each source subtask: how far its records came from its first one, around the three subtasks. */
function relative(arrivals: readonly Arrival[]): readonly Arrival[] {
  return arrivals.map(({ v, to = 0 }) => {
    const first = arrivals.find((other) => other.v === v - (v % 100))?.to ?? 0;
    return { v, rel: (to - first + 3) % 3 };
  });
}
