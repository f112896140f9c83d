/** Records of tens of megabytes go through rings, state, checkpoints and files as they are. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { large, measured, MEGABYTE, RECORDS } from '../../support/jobs/large-records.ts';
import { committedFiles, HOSTS, outputFolder, rowsBelow, runJob, scratchFolder } from '../../support/run-job.ts';

const LINES = ['short', 'x'.repeat(20 * MEGABYTE), `${'ÄÖÜ€🌍'.repeat(MEGABYTE)} end`, 'short too'];

const hashes = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => createHash('sha1').update(line).digest('hex')).toSorted();

const EXPECTED = Array.from({ length: RECORDS }, (_, id) =>
  measured(large(id), id < 2 ? null : large(id - 2).text.length),
);

describe.each(HOSTS)('on %s', (host) => {
  it('records of tens of megabytes arrive as they were sent', async () => {
    const folder = scratchFolder();
    const input = join(folder, 'input.txt');
    writeFileSync(input, `${LINES.join('\n')}\n`);
    const { result } = await runJob('large-records', { folder, host, parallelism: 2, parameters: { input } });
    expect(result.outcome).toBe('FINISHED');
    const rows = rowsBelow(join(outputFolder(folder), 'measured')) as typeof EXPECTED;
    expect(rows.toSorted((a, b) => a.id - b.id)).toEqual(EXPECTED);
    const written = committedFiles(join(outputFolder(folder), 'lines')).flatMap((file) =>
      readFileSync(file, 'utf8').slice(0, -1).split('\n'),
    );
    expect(hashes(written)).toEqual(hashes(LINES));
  });
});
