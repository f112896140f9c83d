/** Values of every kind arrive as they were sent, whether by a queue or by a ring, and come out of state as they went in. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeValue } from '../../support/describe-value.ts';
import { VALUES } from '../../support/jobs/all-values.ts';
import { HOSTS, outputFolder, outputLines, runJob } from '../../support/run-job.ts';

const EXPECTED = VALUES.map((value, index) => `${index} ${describeValue(value)}`).toSorted();

describe.each(HOSTS)('on %s', (host) => {
  it.each([1, 3])('values of every kind stay what they are at parallelism %i', async (parallelism) => {
    const { folder } = await runJob('all-values', { host, parallelism });
    for (const way of ['sent', 'kept']) {
      expect(outputLines(join(outputFolder(folder), way)).toSorted(), way).toEqual(EXPECTED);
    }
  });
});
