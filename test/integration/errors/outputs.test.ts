/** Output of another run in the folder, and folders that cannot be written to. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileErrorCode } from '../../../src/base/files.ts';
import {
  committedFiles,
  failureOf,
  filesBelow,
  HOSTS,
  outputFolder,
  outputRows,
  rejection,
  runJob,
  scratchFolder,
} from '../../support/run-job.ts';
import { expectEachCountedOnce, RECORDS, runningJob, suspendedJob } from '../../support/resumable.ts';

const SINK = { jobName: 'resumable', operatorName: 'files', operatorUid: 'results' };

describe('a folder with the output of another run', () => {
  it('is OUTPUT_NOT_EMPTY, and nothing in it changes', async () => {
    const { folder } = await runJob('resumable', { host: 'inline' });
    const before = filesBelow(folder);
    const error = await failureOf('resumable', { host: 'inline', folder });
    expect(error).toMatchObject({ code: 'OUTPUT_NOT_EMPTY', context: SINK });
    const first = committedFiles(outputFolder(folder)).length;
    expect(error.message).toContain(
      `Writing to folder '${outputFolder(folder)}' failed: it holds ${first} files of another run`,
    );
    expect(error.hint).toContain('--append, --overwrite');
    expect(filesBelow(folder).filter((path) => !path.includes('/running'))).toEqual(
      before.filter((path) => !path.includes('/running')),
    );
  });

  it('is added to with --append', async () => {
    const { folder } = await runJob('resumable', { host: 'inline' });
    await runJob('resumable', { host: 'inline', folder, existingOutput: 'append' });
    expect(outputRows(folder)).toHaveLength(2 * RECORDS);
  });

  it('is emptied with --overwrite, but for files that no sink of ours wrote', async () => {
    const { folder } = await runJob('resumable', { host: 'inline' });
    const output = outputFolder(folder);
    mkdirSync(join(output, 'sub'));
    const others = ['notes.txt', 'part-0', 'part-00000-1234.jsonl', '.hidden', 'sub/part.jsonl'];
    for (const name of others) writeFileSync(join(output, name), '');
    await runJob('resumable', { host: 'inline', folder, existingOutput: 'overwrite' });
    expect(outputRows(folder)).toHaveLength(RECORDS);
    for (const name of others) expect(filesBelow(output)).toContain(join(output, name));
  });

  it('is left as it is when the run is resumed, whatever is said about it', async () => {
    const folder = await suspendedJob();
    await runJob('resumable', { host: 'inline', folder, existingOutput: 'overwrite' });
    expectEachCountedOnce(folder);
  });

  it('is named with all others that stand in the way', async () => {
    const folder = scratchFolder();
    const input = join(folder, 'input.jsonl');
    const malformed = join(folder, 'malformed');
    writeFileSync(input, '{"id":1}\nbroken\n');
    const setup = { host: 'inline', folder, parameters: { input, malformed, limit: '1' } } as const;
    await runJob('reading-files', setup);
    const error = await failureOf('reading-files', setup);
    expect(error).toMatchObject({ code: 'OUTPUT_NOT_EMPTY' });
    for (const path of [outputFolder(folder), malformed])
      expect(error.message).toContain(`Writing to folder '${path}'`);
  });

  it('that no sink of ours wrote is no obstacle', async () => {
    const folder = scratchFolder();
    mkdirSync(outputFolder(folder));
    const other = join(outputFolder(folder), 'part-0.jsonl');
    writeFileSync(other, 'somebody else\n');
    await runJob('resumable', { host: 'inline', folder, existingOutput: 'overwrite' });
    expect(readFileSync(other, 'utf8')).toBe('somebody else\n');
  });
});

describe('a folder that cannot be written to', () => {
  it('because it is a file is OUTPUT_FAILED before the job starts', async () => {
    const folder = scratchFolder();
    writeFileSync(outputFolder(folder), '');
    const error = await failureOf('resumable', { host: 'inline', folder });
    expect(error).toMatchObject({ code: 'OUTPUT_FAILED', context: SINK });
    expect(error.message).toContain(`'${outputFolder(folder)}'`);
  });

  it.each(HOSTS)('because a file takes its place under a job on %s is OUTPUT_FAILED', async (host) => {
    const { handle, folder } = await runningJob({ host });
    putFileInPlaceOf(outputFolder(folder));
    const error = await rejection(handle.result);
    expect(error).toMatchObject({ code: 'OUTPUT_FAILED', context: { ...SINK, attemptNumber: 1 } });
    expect(error.message).toContain(outputFolder(folder));
    expect(error.hint).toContain('space, rights');
  });
});

describe('a bucket', () => {
  it.each(['../elsewhere', '/absolute', 'a//b', ''])(
    "named '%s' stays inside the folder or is refused",
    async (bucket) => {
      const folder = scratchFolder();
      const input = join(folder, 'input.jsonl');
      writeFileSync(input, '{"id":1}\n');
      const run = runJob('reading-files', { host: 'inline', folder, parameters: { input, bucket } });
      if (bucket === '') {
        await run;
        expect(outputRows(folder)).toEqual([{ id: 1 }]);
        return;
      }
      expect(await rejection(run)).toMatchObject({
        code: 'BUCKET_INVALID',
        context: { jobName: 'reading-files', operatorUid: 'results', attemptNumber: 1 },
      });
      expect(readdirSync(folder).toSorted()).toEqual(['checkpoints', 'input.jsonl', 'output']);
    },
  );
});

/** A folder that is merely gone is made again by the sink, perhaps before the file is there: then once more. */
function putFileInPlaceOf(folder: string): void {
  for (let attempt = 0; ; attempt++) {
    renameSync(folder, `${folder}-${attempt}`);
    try {
      writeFileSync(folder, '', { flag: 'wx' });
      return;
    } catch (error) {
      if (fileErrorCode(error) !== 'EEXIST') throw error;
    }
  }
}
