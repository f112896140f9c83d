/**
 * A process is stopped (SIGSTOP) and wakes up when another one has taken its job over. The kernel lock is still the stopped one's,
 * so the other one must be told to take over; the pointer log fences the one that wakes up, wherever it was stopped.
 */
import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '../../src/base/error-catalogue.ts';
import { CRASH_JOB, RECORDS } from './support/crash-job.ts';
import type { CrashPoint } from './support/crash-point.ts';
import { JobFolders } from '../support/job-folders.ts';
import type { CommittedOutput } from '../support/job-folders.ts';
import { JobProcess } from './support/job-process.ts';
import type { JobProcessOptions } from './support/job-process-options.ts';
import { expectUndisturbed, processOptions, startOver, undisturbedOutput } from './support/kill-and-resume.ts';

/** Slow enough that the job is far from its end after its first checkpoints. */
const SLOW = RECORDS;
const EXIT = { already: ERROR_CATALOGUE.JOB_ALREADY_RUNNING.exitCode, fenced: ERROR_CATALOGUE.JOB_FENCED.exitCode };

let expected: CommittedOutput = {};
const running: JobProcess[] = [];
const made: JobFolders[] = [];

beforeAll(async () => {
  expected = await undisturbedOutput(CRASH_JOB);
});

afterAll(async () => {
  for (const job of running) {
    job.signal('SIGKILL');
    await job.ended;
  }
  for (const folders of made) folders.remove();
});

/** What one test has to itself. */
function makeFolders(): JobFolders {
  const folders = JobFolders.make();
  made.push(folders);
  return folders;
}

type Host = JobProcessOptions['host'];

interface Start extends Partial<JobProcessOptions> {
  readonly rate?: number;
}

function start(folders: JobFolders, host: Host, { rate, ...more }: Start = {}): JobProcess {
  const parameters = { ...CRASH_JOB.parameters, ...(rate === undefined ? {} : { rate: String(rate) }) };
  const job = new JobProcess({ ...processOptions({ ...CRASH_JOB, host, parameters }, folders), ...more });
  running.push(job);
  return job;
}

/** Stopped after its second checkpoint. */
async function stopped(folders: JobFolders, host: Host): Promise<JobProcess> {
  const job = start(folders, host, { rate: SLOW });
  await job.line('checkpoint', 2);
  job.signal('SIGSTOP');
  await job.stopped();
  return job;
}

/** Stopped when it gets to the point for the second time, or at the end of the job. */
async function stoppedAt(folders: JobFolders, point: CrashPoint): Promise<JobProcess> {
  const isAtEnd = point === 'before-finished-entry';
  const crash = { point, occurrence: isAtEnd ? 1 : 2, signal: 'SIGSTOP' } as const;
  const job = start(folders, 'inline', isAtEnd ? { crash } : { crash, rate: SLOW });
  await job.line('crashing');
  await job.stopped();
  return job;
}

async function expectFenced(job: JobProcess): Promise<void> {
  expect(await job.ended, job.describe()).toEqual({ code: EXIT.fenced, signal: null });
  expect(job.all('error'), job.describe()).toMatchObject([{ code: 'JOB_FENCED' }]);
  expect(job.all('result')).toEqual([]);
}

/** Hidden files that the stopped process may leave, and the lock's own journal, aside. */
function namesBelow(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => !/(^|\/)\.|\/lock-\d+-journal$/.test(name)).toSorted();
}

/** What the stopped process left is gone with the next run. */
async function expectCleared(folders: JobFolders): Promise<void> {
  await startOver(processOptions(CRASH_JOB, folders));
  expectUndisturbed(folders, expected);
}

describe.concurrent.for(['inline', 'threads'] as const)('a stopped process on the %s host', (host) => {
  it('keeps others out, says who it is, and is fenced by whoever takes over in the middle of the job', async () => {
    const folders = makeFolders();
    const zombie = await stopped(folders, host);
    const refused = start(folders, host);
    expect(await refused.ended).toEqual({ code: EXIT.already, signal: null });
    const [error] = refused.all('error');
    expect(error?.code).toBe('JOB_ALREADY_RUNNING');
    expect(error?.message).toMatch(
      new RegExp(`process ${zombie.pid} on '${hostname()}' \\(since 20\\d\\d-.*Z\\) runs it`),
    );
    const successor = start(folders, host, { takeover: true, rate: SLOW });
    await successor.line('checkpoint');
    zombie.signal('SIGCONT');
    await expectFenced(zombie);
    expect(await successor.ended, successor.describe()).toEqual({ code: 0, signal: null });
    expect(successor.all('result')).toMatchObject([{ outcome: 'FINISHED', restarts: 0 }]);
    expect(successor.all('started')[0]?.startLine).toMatch(/^resuming chk-/);
    expect(folders.committed()).toEqual(expected);
    await expectCleared(folders);
  });
});

describe.concurrent('a process that wakes up when its successor has finished', () => {
  const points: readonly CrashPoint[] = [
    'before-checkpoint-folder',
    'before-data-file',
    'before-pointer-entry',
    'before-old-metadata-removed',
    'before-output-file-sync',
    'before-sink-commit',
    'before-finished-entry',
  ];

  it.for(points)('commits nothing and deletes nothing: stopped %s', async (point) => {
    const folders = makeFolders();
    const zombie = await stoppedAt(folders, point);
    const successor = start(folders, 'inline', { takeover: true });
    expect(await successor.ended, successor.describe()).toEqual({ code: 0, signal: null });
    expect(folders.committed()).toEqual(expected);
    const before = { output: namesBelow(folders.output), checkpoints: namesBelow(folders.checkpoints) };
    zombie.signal('SIGCONT');
    await expectFenced(zombie);
    expect(namesBelow(folders.output)).toEqual(before.output);
    expect(namesBelow(folders.checkpoints)).toEqual(expect.arrayContaining([...before.checkpoints]));
    expect(folders.committed()).toEqual(expected);
    await expectCleared(folders);
  });
});
