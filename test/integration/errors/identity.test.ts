/** Which run is this? What a start does about the runs before it: design of identity, resume and takeover on file storage. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../../src/index.ts';
import type { JobEvent } from '../../../src/index.ts';
import {
  checkpointFolder,
  failureOf,
  HOSTS,
  jobUrl,
  outputFolder,
  outputRows,
  rejection,
  runJob,
  scratchFolder,
  startJob,
} from '../../support/run-job.ts';
import type { StartedJob } from '../../support/run-job.ts';
import { expectEachCountedOnce, RECORDS, runningJob, startLine, suspendedJob } from '../../support/resumable.ts';

const INLINE = { host: 'inline' } as const;

/** Names of the completed checkpoints in a job's directory, ascending. */
function checkpointsOf({ handle, folder }: StartedJob): readonly string[] {
  const directory = join(checkpointFolder(folder), handle.jobId);
  return readdirSync(directory)
    .filter((name) => existsSync(join(directory, name, '_metadata')))
    .toSorted((a, b) => Number(a.slice(4)) - Number(b.slice(4)));
}

describe.each(HOSTS)('on %s, a start', (host) => {
  it('is a new run the first time, and resumes the latest checkpoint of a suspended run', async () => {
    const first = await runningJob({ host });
    expect(startLine(first)).toMatch(/^new run of 'resumable'/);
    const { lastCheckpoint } = await first.handle.suspend();
    const second = await runJob('resumable', { host, folder: first.folder });
    expect(startLine(second)).toMatch(new RegExp(`^resuming chk-${lastCheckpoint?.checkpointId} of 'resumable'`));
    expectEachCountedOnce(first.folder);
  });

  it('resumes a run that has failed', async () => {
    // It was stopped before, so that there is something to resume however soon it fails.
    const folder = await suspendedJob({ host });
    const error = await failureOf('resumable', { host, folder, parameters: { 'fail-at': String(RECORDS - 1) } });
    expect(error).toMatchObject({ code: 'USER_FUNCTION_FAILED' });
    const second = await runJob('resumable', { host, folder });
    expect(startLine(second)).toMatch(/^resuming chk-\d+ of 'resumable'/);
    expectEachCountedOnce(folder);
  });
});

describe('after a run that has', () => {
  it('finished, a start is a new run, and nothing of the finished one is kept', async () => {
    const first = await runJob('resumable', INLINE);
    expect(checkpointsOf(first)).toEqual([]);
    const second = await runJob('resumable', { ...INLINE, folder: first.folder, existingOutput: 'append' });
    expect(startLine(second)).toMatch(/^new run of 'resumable' \(the last one has finished\)/);
    expect(outputRows(first.folder)).toHaveLength(2 * RECORDS);
  });

  it('been canceled, a start is a new run, and its checkpoints are kept', async () => {
    const first = await runningJob();
    expect((await first.handle.cancel()).outcome).toBe('CANCELED');
    const [kept] = checkpointsOf(first);
    expect(kept).toMatch(/^chk-\d+$/);
    const second = await runJob('resumable', { ...INLINE, folder: first.folder, existingOutput: 'overwrite' });
    expect(startLine(second)).toMatch(/^new run of 'resumable' \(the last one was canceled\)/);
    expectEachCountedOnce(first.folder);
    expect(checkpointsOf(first)).toEqual([kept]);
  });

  it('failed before its first checkpoint, a start begins it anew', async () => {
    const first = await failureOf('resumable', { ...INLINE, folder: scratchFolder(), parameters: { 'fail-at': '0' } });
    expect(first).toMatchObject({ code: 'USER_FUNCTION_FAILED' });
    const folder = scratchFolder();
    const interval = { 'execution.checkpointing.interval': '1 h' };
    await failureOf('resumable', { ...INLINE, folder, parameters: { 'fail-at': '0' }, configuration: interval });
    const second = await runJob('resumable', { ...INLINE, folder });
    expect(startLine(second)).toMatch(/^new run of 'resumable'/);
    expectEachCountedOnce(folder);
  });
});

describe('--fresh', () => {
  it('is a new run; the checkpoints of the former one stay', async () => {
    const first = await runningJob();
    await first.handle.suspend();
    const kept = checkpointsOf(first);
    const fresh = { ...INLINE, folder: first.folder, fresh: true, existingOutput: 'overwrite' } as const;
    const second = await runJob('resumable', fresh);
    expect(startLine(second)).toMatch(/^new run of 'resumable' \(--fresh\)/);
    expectEachCountedOnce(first.folder);
    expect(checkpointsOf(first)).toEqual(expect.arrayContaining([...kept]));
  });

  it('that is refused because of the output leaves the former run to be resumed', async () => {
    const folder = await suspendedJob();
    expect(await failureOf('resumable', { ...INLINE, folder, fresh: true })).toMatchObject({
      code: 'OUTPUT_NOT_EMPTY',
    });
    const second = await runJob('resumable', { ...INLINE, folder });
    expect(startLine(second)).toMatch(/^resuming chk-\d+/);
    expectEachCountedOnce(folder);
  });

  it('excludes --restore-from', async () => {
    const error = await failureOf('resumable', { ...INLINE, fresh: true, restoreFrom: 'chk-1' });
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', context: { jobName: 'resumable' } });
  });
});

describe('--restore-from', () => {
  const RETAINED = { 'execution.checkpointing.num-retained': '3' };

  it('takes an older checkpoint and names the sinks that have committed beyond it', async () => {
    const first = await runningJob({ configuration: RETAINED }, 3);
    await first.handle.suspend();
    const [oldest] = checkpointsOf(first);
    const second = await runJob('resumable', {
      ...INLINE,
      folder: first.folder,
      configuration: RETAINED,
      restoreFrom: oldest ?? '',
    });
    expect(startLine(second)).toContain(
      `restoring ${oldest} of 'resumable'; these sinks have committed beyond it and will repeat output: files (${outputFolder(first.folder)})`,
    );
    expect(outputRows(first.folder).length).toBeGreaterThanOrEqual(RECORDS);
  });

  it('takes the checkpoint of another directory, as a run of its own', async () => {
    const first = await runningJob();
    const { lastCheckpoint } = await first.handle.suspend();
    const path = lastCheckpoint?.path ?? '';
    const second = await runJob('resumable', { ...INLINE, restoreFrom: path });
    expect(startLine(second)).toContain(`at '${path.replace('/_metadata', '')}'`);
    expect(second.result.outcome).toBe('FINISHED');
    const counted = outputRows(first.folder).length + outputRows(second.folder).length;
    expect(counted).toBeGreaterThanOrEqual(RECORDS);
    expect(existsSync(path)).toBe(true);
  });

  it('takes it also where output is still open in the folder, and started twice', async () => {
    const first = await runningJob({ parameters: { rolling: 'at the end' } });
    const { lastCheckpoint } = await first.handle.suspend();
    const restoreFrom = lastCheckpoint?.path ?? '';
    const parameters = { output: outputFolder(first.folder), rolling: 'at the end' };
    const setup = { ...INLINE, folder: scratchFolder(), existingOutput: 'append', restoreFrom } as const;
    const failing = { ...setup, parameters: { ...parameters, 'fail-at': '1000' } };
    expect(await failureOf('resumable', failing)).toMatchObject({ code: 'USER_FUNCTION_FAILED' });
    await runJob('resumable', { ...setup, parameters });
    expectEachCountedOnce(first.folder);
  });

  it.each([
    ['chk-4711', "Restoring from 'chk-4711' failed: there is no '"],
    ['/nowhere/chk-1', "Restoring from '/nowhere/chk-1' failed: there is no '/nowhere/chk-1/_metadata'"],
  ])('of %s, which is not there, is CHECKPOINT_NOT_FOUND', async (restoreFrom, text) => {
    const error = await failureOf('resumable', { ...INLINE, folder: await suspendedJob(), restoreFrom });
    expect(error).toMatchObject({ code: 'CHECKPOINT_NOT_FOUND', context: { jobName: 'resumable' } });
    expect(error.message).toContain(text);
    expect(error.hint).toContain('chk-<n>');
  });
});

describe('while a run goes on', () => {
  it('a second one of the same process is JOB_ALREADY_RUNNING, and the first one does not notice', async () => {
    const first = await runningJob();
    const error = await failureOf('resumable', { ...INLINE, folder: first.folder });
    expect(error).toMatchObject({
      code: 'JOB_ALREADY_RUNNING',
      recovery: 'fail-process',
      context: { jobName: 'resumable' },
    });
    expect(error.message).toMatch(new RegExp(`process ${process.pid} on '.+' \\(since \\d{4}-.+Z\\) runs it in '.+'`));
    expect(error.hint).toContain('--takeover');
    expect(first.handle.status().status).toBe('RUNNING');
    expect((await first.handle.suspend()).outcome).toBe('SUSPENDED');
    await runJob('resumable', { ...INLINE, folder: first.folder });
    expectEachCountedOnce(first.folder);
  });

  it('of two that start at the same moment one runs', async () => {
    const folder = await suspendedJob();
    const started = [1, 2].map(() => startJob('resumable', { ...INLINE, folder }));
    const outcomes = await Promise.allSettled(started);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: { code: 'JOB_ALREADY_RUNNING' } }]);
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') await outcome.value.handle.result;
    expectEachCountedOnce(folder);
  });

  it.each(HOSTS)('--takeover on %s goes on from its latest checkpoint, and it ends with JOB_FENCED', async (host) => {
    const first = await runningJob({ host });
    const second = await runJob('resumable', { host, folder: first.folder, takeover: true });
    expect(startLine(second)).toMatch(/^resuming chk-\d+/);
    const error = await rejection(first.handle.result);
    expect(error).toMatchObject({ code: 'JOB_FENCED', context: { jobName: 'resumable', jobId: first.handle.jobId } });
    expectEachCountedOnce(first.folder);
  });

  it('--takeover by a job that does not fit leaves it alone', async () => {
    const first = await runningJob();
    const setup = { ...INLINE, folder: first.folder, takeover: true, parameters: { edit: 'another uid' } };
    expect(await failureOf('resumable', setup)).toMatchObject({ code: 'STATE_INCOMPATIBLE' });
    expect((await first.handle.triggerCheckpoint()).checkpointId).toBeGreaterThan(0);
    await first.handle.suspend();
  });

  it('the same job with another id is another job', async () => {
    const first = await runningJob();
    const jobId = 'a'.repeat(32);
    const second = await runJob('resumable', { ...INLINE, folder: first.folder, jobId, existingOutput: 'append' });
    expect(second.handle.jobId).toBe(jobId);
    expect(startLine(second)).toMatch(/^new run/);
    expect(existsSync(join(checkpointFolder(first.folder), jobId))).toBe(true);
    await first.handle.suspend();
  });
});

describe('another module that uses the name', () => {
  it('is JOB_NAME_TAKEN, and takes it with --adopt', async () => {
    const folder = await suspendedJob();
    const error = await failureOf('resumable-twin', { ...INLINE, folder });
    expect(error).toMatchObject({ code: 'JOB_NAME_TAKEN', context: { jobName: 'resumable' } });
    expect(error.message).toContain("belongs to 'test/support/jobs/resumable.ts' of package 'millrace'");
    expect(error.message).toContain("not to 'test/support/jobs/resumable-twin.ts' of package 'millrace'");
    expect(error.hint).toContain('--adopt');
    const adopted = await runJob('resumable-twin', { ...INLINE, folder, adopt: true });
    expect(startLine(adopted)).toMatch(/^resuming chk-\d+/);
    expectEachCountedOnce(folder);
    const former = await failureOf('resumable', { ...INLINE, folder, existingOutput: 'append' });
    expect(former).toMatchObject({ code: 'JOB_NAME_TAKEN' });
  });
});

describe('checkpoints', () => {
  it('are kept as many as execution.checkpointing.num-retained', async () => {
    const started = await runningJob({ configuration: { 'execution.checkpointing.num-retained': '2' } }, 4);
    await started.handle.suspend();
    expect(checkpointsOf(started)).toHaveLength(2);
  });

  it.each([
    ['RETAIN_ON_CANCELLATION', 1],
    ['DELETE_ON_CANCELLATION', 0],
    ['NO_EXTERNALIZED_CHECKPOINTS', 0],
  ])('with retention %s are %s after a cancellation', async (retention, count) => {
    const key = 'execution.checkpointing.externalized-checkpoint-retention';
    const started = await runningJob({ configuration: { [key]: retention } });
    await started.handle.cancel();
    expect(checkpointsOf(started)).toHaveLength(count);
  });

  it('go to ./.millrace/checkpoints when nobody says where, and the start says so', async () => {
    const folder = scratchFolder();
    const former = process.cwd();
    process.chdir(folder);
    try {
      const events: JobEvent[] = [];
      const parameters = { output: outputFolder(folder) };
      const { result, jobId } = await run(jobUrl('resumable'), {
        ...INLINE,
        parameters,
        onEvent: (e) => events.push(e),
      });
      await result;
      const directory = join(process.cwd(), '.millrace', 'checkpoints');
      expect(existsSync(join(directory, jobId, 'pointers'))).toBe(true);
      expect(events[0]).toMatchObject({
        kind: 'started',
        startLine: `new run of 'resumable', checkpoints in '${directory}' (execution.checkpointing.dir is not set)`,
      });
    } finally {
      process.chdir(former);
    }
  });
});

describe('the environment variables', () => {
  it('are those of the start for every thread, whatever becomes of them', async () => {
    process.env['MILLRACE_TEST_CITY'] = 'Bern';
    const parameters = { city: 'Bern' };
    const started = await startJob('parameters', { host: 'threads', parameters: { ...parameters, variable: 'yes' } });
    process.env['MILLRACE_TEST_CITY'] = 'changed';
    await started.handle.result;
    delete process.env['MILLRACE_TEST_CITY'];
    expect(outputRows(started.folder)).toEqual(Array.from({ length: 10 }, () => ({ opened: 'Bern', defined: 'Bern' })));
  });
});

describe('parameters', () => {
  it('are those of the start, whatever becomes of the object they were given in', async () => {
    const parameters: Record<string, string> = { output: outputFolder(scratchFolder()), rate: '100' };
    const started = await startJob('resumable', { ...INLINE, folder: scratchFolder(), parameters });
    parameters['fail-at'] = '0';
    await started.event('checkpoint-completed');
    expect(started.handle.status().restarts).toBe(0);
    await started.handle.suspend();
  });

  it.each(HOSTS)('cannot be changed by a function of the job on %s', async (host) => {
    const { folder } = await runJob('parameters', { host, parameters: { city: 'Bern' } });
    expect(outputRows(folder)).toEqual(Array.from({ length: 10 }, () => ({ opened: 'Bern', defined: 'Bern' })));
  });
});
