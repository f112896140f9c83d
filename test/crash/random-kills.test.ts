/**
 * Killed from outside, as a kernel or an operator would do it: SIGKILL at random moments while the slots run on threads. The
 * moments are drawn as numbers of progress lines, so that a slow machine is killed at the same places as a fast one.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { CRASH_JOB, SLOW_RATE } from './support/crash-job.ts';
import { JobFolders } from '../support/job-folders.ts';
import type { CommittedOutput } from '../support/job-folders.ts';
import { JobProcess } from './support/job-process.ts';
import { expectUndisturbed, processOptions, undisturbedOutput } from './support/kill-and-resume.ts';
import { draws } from './support/draws.ts';

const SEED = Number(process.env['MILLRACE_CRASH_SEED'] ?? 1);
const PROGRESS_EVERY_MS = 5;
/** Lines after which a process dies at the latest. Its threads need about half of them to start. */
const LINES_MAX = 150;
const THREADS = { ...CRASH_JOB, host: 'threads' } as const;

let expected: CommittedOutput = {};

beforeAll(async () => {
  expected = await undisturbedOutput(CRASH_JOB);
});

function start(folders: JobFolders, parallelism: number, rate: number | undefined): JobProcess {
  const settings = {
    ...THREADS,
    parallelism,
    parameters: { ...THREADS.parameters, ...(rate === undefined ? {} : { rate: String(rate) }) },
  };
  return new JobProcess({ ...processOptions(settings, folders), progressEveryMs: PROGRESS_EVERY_MS });
}

async function killedAfter(folders: JobFolders, parallelism: number, lines: number): Promise<void> {
  const job = start(folders, parallelism, SLOW_RATE);
  await job.line('progress', lines);
  job.signal('SIGKILL');
  expect(await job.ended, job.describe()).toEqual({ code: null, signal: 'SIGKILL' });
}

/** Dies right after a checkpoint of its own has completed. */
async function killedWithCheckpoint(folders: JobFolders, parallelism: number): Promise<void> {
  const job = start(folders, parallelism, SLOW_RATE);
  await job.line('checkpoint');
  job.signal('SIGKILL');
  expect(await job.ended, job.describe()).toEqual({ code: null, signal: 'SIGKILL' });
}

async function finished(folders: JobFolders, parallelism: number): Promise<void> {
  const job = start(folders, parallelism, undefined);
  expect(await job.ended, job.describe()).toEqual({ code: 0, signal: null });
  expect(job.all('started')[0]?.startLine).toMatch(/^resuming chk-/);
  expectUndisturbed(folders, expected);
}

async function withFolders(story: (folders: JobFolders) => Promise<void>): Promise<void> {
  const folders = JobFolders.make();
  try {
    await story(folders);
  } finally {
    folders.remove();
  }
}

describe.concurrent(`SIGKILL at random moments, MILLRACE_CRASH_SEED=${SEED}`, () => {
  it('five processes in a row lose nothing and repeat nothing', () =>
    withFolders(async (folders) => {
      const draw = draws(SEED);
      for (let kills = 0; kills < 5; kills++) await killedAfter(folders, 2, 1 + draw(LINES_MAX));
      await killedWithCheckpoint(folders, 2);
      await finished(folders, 2);
    }));

  it('each process runs at another parallelism than the one before', () =>
    withFolders(async (folders) => {
      const draw = draws(SEED + 1);
      for (const parallelism of [2, 3, 1]) {
        await killedWithCheckpoint(folders, parallelism);
        await killedAfter(folders, parallelism, 1 + draw(LINES_MAX));
      }
      await finished(folders, 2);
    }));
});
