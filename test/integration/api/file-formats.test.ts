/** All kinds of input files, read by whole jobs: every record once, also when the job is stopped and resumed in the middle. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeValue } from '../../support/describe-value.ts';
import { EXPECTED, writeInputs } from '../../support/file-inputs.ts';
import { BRANCHES } from '../../support/jobs/file-formats.ts';
import { HOSTS, outputFolder, rowsBelow, runJob, scratchFolder, startJob } from '../../support/run-job.ts';

const input = join(scratchFolder(), 'input');
beforeAll(() => writeInputs(input));

function expectAllRecords(folder: string): void {
  expect(Object.keys(EXPECTED)).toEqual(Object.keys(BRANCHES));
  for (const [name, outs] of Object.entries(EXPECTED)) {
    for (const [out, expected] of Object.entries(outs)) {
      const rows = rowsBelow(join(outputFolder(folder), name, out));
      const actual = out === 'malformed' ? rows.map(placeAndText) : rows;
      expect(actual.map(describeValue).toSorted(), `${name}, ${out}`).toEqual(expected.map(describeValue).toSorted());
    }
  }
}

function placeAndText(row: unknown): unknown {
  const { line, text } = row as { line: number; text: string };
  return { line, text };
}

describe.each(HOSTS)('files on %s', (host) => {
  it.each(host === 'inline' ? [1, 2, 3] : [2])('are read to the last record at parallelism %i', async (parallelism) => {
    const { folder, result } = await runJob('file-formats', { host, parallelism, parameters: { input } });
    expect(result.outcome).toBe('FINISHED');
    expectAllRecords(folder);
  });

  it('are read on where they were when the job was stopped', async () => {
    const folder = scratchFolder();
    for (const parallelism of host === 'inline' ? [2, 1, 3] : [1]) {
      const parameters = { input, rate: '150' };
      const { handle, event } = await startJob('file-formats', { folder, host, parallelism, parameters });
      await event('checkpoint-completed');
      expect((await handle.suspend()).outcome).toBe('SUSPENDED');
    }
    const { result } = await runJob('file-formats', { folder, host, parameters: { input } });
    expect(result.outcome).toBe('FINISHED');
    expectAllRecords(folder);
  });
});
