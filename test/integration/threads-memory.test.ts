/** Slots that hold more than their part of the budget, and memory that ends before anybody could look. */
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../../src/base/error-catalogue.ts';
import { JobProcess } from '../crash/support/job-process.ts';
import type { ProcessEnd } from '../crash/support/job-process.ts';
import type { JobProcessOptions } from '../crash/support/job-process-options.ts';
import { faultlessOutput, faultyParameters, RESTART_AT_ONCE } from '../support/faulty-outputs.ts';
import { JobFolders } from '../support/job-folders.ts';
import type { CommittedOutput } from '../support/job-folders.ts';
import { failureOf, scratchFolder } from '../support/run-job.ts';

const MODULE = join(import.meta.dirname, '../support/jobs/three-outputs.ts');
const running: JobProcess[] = [];
let expected: CommittedOutput = {};

beforeAll(async () => {
  expected = await faultlessOutput();
});

afterEach(async () => {
  for (const job of running.splice(0)) {
    job.signal('SIGKILL');
    await job.ended;
  }
});

describe('the memory budget', () => {
  it('fails the job and names the largest states', async () => {
    const error = await failureOf('growing-state', {
      host: 'threads',
      parallelism: 1,
      configuration: { ...RESTART_AT_ONCE, 'taskmanager.memory.process.size': '128 mb' },
    });
    expect(error.code).toBe('MEMORY_BUDGET_EXCEEDED');
    // A map state holds an entry for each of its own keys; the smaller state comes second.
    expect(error.message).toMatch(
      /^Slot holds [\d.]+ \w+, above the [\d.]+ \w+ it may; largest states: 'hoarder\/hoard' \d{3,} entries, 'hoarder\/small' \d entries/,
    );
  });
});

describe('the end of the heap', () => {
  function start(
    options: Partial<JobProcessOptions>,
    folders: JobFolders,
    nodeOptions: readonly string[] = [],
  ): JobProcess {
    const job = new JobProcess(
      {
        module: MODULE,
        host: 'inline',
        parallelism: 2,
        checkpointDirectory: folders.checkpoints,
        configuration: RESTART_AT_ONCE,
        ...options,
        parameters: { ...faultyParameters('heap', folders.root), output: folders.output },
      },
      { nodeOptions },
    );
    running.push(job);
    return job;
  }

  it('of a slot fails the job or, where V8 gives up, the process; the next start resumes it', async () => {
    const folders = JobFolders.below(scratchFolder());
    const job = start({ host: 'threads', configuration: { 'taskmanager.memory.process.size': '128 mb' } }, folders);
    const end = await job.ended;
    if (!isAborted(end)) {
      expect(end, job.describe()).toEqual({ code: ERROR_CATALOGUE.MEMORY_BUDGET_EXCEEDED.exitCode, signal: null });
      expect(job.all('error')).toMatchObject([{ code: 'MEMORY_BUDGET_EXCEEDED' }]);
    }
    expect(job.all('checkpoint').length).toBeGreaterThan(0);
    await expectResumed(folders);
  });

  it('of the process kills it, and the next start resumes the job', async () => {
    const folders = JobFolders.below(scratchFolder());
    const job = start({}, folders, ['--max-old-space-size=64']);
    expect(isAborted(await job.ended), job.describe()).toBe(true);
    expect(job.all('checkpoint').length).toBeGreaterThan(0);
    await expectResumed(folders);
  });

  function isAborted({ code, signal }: ProcessEnd): boolean {
    return code === 134 || signal === 'SIGABRT' || signal === 'SIGTRAP';
  }

  async function expectResumed(folders: JobFolders): Promise<void> {
    const next = start({}, folders);
    expect(await next.ended, next.describe()).toEqual({ code: 0, signal: null });
    expect(next.all('started')[0]?.startLine).toMatch(/^resuming chk-/);
    expect(folders.committed()).toEqual(expected);
    expect(folders.temporaryOutput()).toEqual([]);
    expect(folders.checkpointFiles()).toEqual([]);
  }
});
