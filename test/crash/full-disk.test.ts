/** Disks that are full for a while: first what checkpoints are written to, then what output is written to. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../../src/base/error-catalogue.ts';
import { CRASH_JOB, RECORDS } from './support/crash-job.ts';
import { JobFolders } from '../support/job-folders.ts';
import type { CommittedOutput } from '../support/job-folders.ts';
import { JobProcess } from './support/job-process.ts';
import { expectUndisturbed, undisturbedOutput } from './support/kill-and-resume.ts';
import { makeSmallDisk } from './support/small-disk.ts';

const disk = makeSmallDisk();
/** Slow enough that the job is far from its end after its first checkpoints. */
const SLOW = String(RECORDS);
const RESTARTS = {
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '1000',
  'restart-strategy.fixed-delay.delay': '20 ms',
};

let expected: CommittedOutput = {};
const running: JobProcess[] = [];
const made: JobFolders[] = [];

beforeAll(async () => {
  expected = await undisturbedOutput(CRASH_JOB);
});

afterEach(async () => {
  for (const job of running.splice(0)) {
    job.signal('SIGKILL');
    await job.ended;
  }
  for (const folders of made.splice(0)) folders.remove();
});

afterAll(() => {
  disk.remove();
});

interface Start {
  /** Which of the two lies on the small disk, below this name. */
  readonly onDisk: 'checkpoints' | 'output';
  readonly name: string;
  readonly configuration?: Readonly<Record<string, string>>;
  readonly rate?: string;
}

function foldersOf({ onDisk, name }: Start): JobFolders {
  const folders = JobFolders.make({ [onDisk]: join(disk.outside, name) });
  made.push(folders);
  return folders;
}

function start(folders: JobFolders, { onDisk, name, configuration, rate }: Start): JobProcess {
  const inside = { output: folders.output, checkpoints: folders.checkpoints, [onDisk]: join(disk.inside, name) };
  const { fullMarker } = disk;
  const job = new JobProcess(
    {
      ...CRASH_JOB,
      parameters: { ...CRASH_JOB.parameters, output: inside.output, ...(rate === undefined ? {} : { rate }) },
      checkpointDirectory: inside.checkpoints,
      configuration: { ...CRASH_JOB.configuration, ...configuration },
      ...(fullMarker === undefined ? {} : { fullDisk: { folder: disk.inside, marker: fullMarker } }),
    },
    { command: disk.command },
  );
  running.push(job);
  return job;
}

/** A job that drops old files makes room: what it frees is taken again with everything it says. */
async function keptFull<T>(job: JobProcess, until: Promise<T>): Promise<T> {
  let isOver = false;
  const over = until.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    disk.fill();
    await Promise.race([over, job.nextLine()]);
  }
  return over;
}

async function expectFinished(job: JobProcess, folders: JobFolders): Promise<void> {
  expect(await job.ended, job.describe()).toEqual({ code: 0, signal: null });
  expect(job.all('result'), job.describe()).toMatchObject([{ outcome: 'FINISHED' }]);
  expectUndisturbed(folders, expected);
}

describe(`a full checkpoint directory (${disk.kind})`, () => {
  it('fails checkpoints, then the attempt, and the job goes on without loss when there is space again', async () => {
    const setting: Start = {
      onDisk: 'checkpoints',
      name: 'goes-on',
      rate: SLOW,
      configuration: { ...RESTARTS, 'execution.checkpointing.tolerable-failed-checkpoints': '2' },
    };
    const folders = foldersOf(setting);
    const job = start(folders, setting);
    await job.line('checkpoint', 2);
    const failure = await keptFull(job, job.line('attempt-failed'));
    const kinds = job.lines.map(({ kind }) => kind);
    const consecutive = kinds.slice(kinds.lastIndexOf('checkpoint'), kinds.indexOf('attempt-failed'));
    disk.free();
    // Two are tolerated, the third is one too many.
    expect(
      consecutive.filter((kind) => kind === 'checkpoint-failed'),
      job.describe(),
    ).toHaveLength(3);
    expect(failure.code).toBe('CHECKPOINT_FAILURES_EXCEEDED');
    expect(failure.causes.join('\n')).toMatch(/CHECKPOINT_STORAGE_FAILED: .*ENOSPC/);
    expect(failure.isRestarted).toBe(true);
    await expectFinished(job, folders);
    expect(job.all('result')[0]?.restarts).toBeGreaterThan(0);
  });

  it('does not fail the attempt while failures are tolerated', async () => {
    const setting: Start = {
      onDisk: 'checkpoints',
      name: 'tolerated',
      rate: SLOW,
      configuration: { 'execution.checkpointing.tolerable-failed-checkpoints': '1000000' },
    };
    const folders = foldersOf(setting);
    const job = start(folders, setting);
    await job.line('checkpoint', 1);
    await keptFull(job, job.line('checkpoint-failed', 5));
    disk.free();
    await expectFinished(job, folders);
    expect(job.all('attempt-failed')).toEqual([]);
  });

  it('refuses a start, which succeeds when there is space again', async () => {
    const setting: Start = { onDisk: 'checkpoints', name: 'start' };
    const folders = foldersOf(setting);
    disk.fill();
    const refused = start(folders, setting);
    expect(await refused.ended).toEqual({ code: ERROR_CATALOGUE.CHECKPOINT_STORAGE_FAILED.exitCode, signal: null });
    expect(refused.all('error')).toMatchObject([{ code: 'CHECKPOINT_STORAGE_FAILED' }]);
    disk.free();
    await expectFinished(start(folders, setting), folders);
  });
});

describe(`a full output folder (${disk.kind})`, () => {
  it('ends a job without restarts; a start after space was freed completes the output', async () => {
    const setting: Start = {
      onDisk: 'output',
      name: 'ends',
      rate: SLOW,
      configuration: { 'restart-strategy.type': 'none' },
    };
    const folders = foldersOf(setting);
    const job = start(folders, setting);
    await job.line('checkpoint', 3);
    expect(await keptFull(job, job.ended), job.describe()).toEqual({
      code: ERROR_CATALOGUE.OUTPUT_FAILED.exitCode,
      signal: null,
    });
    disk.free();
    expect(job.all('error'), job.describe()).toMatchObject([{ code: 'OUTPUT_FAILED' }]);
    expect(job.all('error')[0]?.message).toContain('ENOSPC');
    // Reading it finds whole lines only; and nothing that the full run does not have as well.
    const counts = folders.committed()['counts'] ?? [];
    expect(counts.length).toBeGreaterThan(0);
    expect(expected['counts']).toEqual(expect.arrayContaining([...counts]));
    await expectFinished(start(folders, { onDisk: 'output', name: 'ends' }), folders);
  });

  it('fails attempts until there is space again', async () => {
    const setting: Start = { onDisk: 'output', name: 'restarts', rate: SLOW, configuration: RESTARTS };
    const folders = foldersOf(setting);
    const job = start(folders, setting);
    await job.line('checkpoint', 3);
    const failure = await keptFull(job, job.line('attempt-failed', 2));
    disk.free();
    expect(failure.code).toBe('OUTPUT_FAILED');
    await expectFinished(job, folders);
    expect(job.all('result')[0]?.restarts).toBeGreaterThan(1);
  });
});
