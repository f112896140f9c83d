/**
 * Runs a job again and again until it has finished; each process but the last is killed at a named point. Then looks at what
 * must hold whatever happened:
 *
 *   1. what is committed is what an undisturbed run commits, byte for byte after sorting;
 *   2. no temporary file and no orphan is left, neither in the output nor in the checkpoint directory;
 *   3. each start resumed the latest completed checkpoint, and said so.
 */
import { expect } from 'vitest';
import { ERROR_CATALOGUE } from '../../../src/base/error-catalogue.ts';
import type { CrashPlan } from './crashing-files.ts';
import { JobFolders } from '../../support/job-folders.ts';
import type { CommittedOutput } from '../../support/job-folders.ts';
import { JobProcess } from './job-process.ts';
import type { JobProcessOptions } from './job-process-options.ts';

export type JobSettings = Pick<JobProcessOptions, 'module' | 'host' | 'parallelism' | 'configuration'> & {
  /** Without the output folder. */
  readonly parameters: Readonly<Record<string, string>>;
};

/** How one process dies. */
export interface Death extends CrashPlan {
  /** Records per second of this process, so that it lives long enough to get there; default as the job's parameters say. */
  readonly rate?: number;
}

export function processOptions(settings: JobSettings, folders: JobFolders, death?: Death): JobProcessOptions {
  const { rate, ...crash } = death ?? {};
  return {
    ...settings,
    parameters: {
      ...settings.parameters,
      output: folders.output,
      ...(rate === undefined ? {} : { rate: String(rate) }),
    },
    checkpointDirectory: folders.checkpoints,
    ...(isPlan(crash) ? { crash } : {}),
  };
}

export async function undisturbedOutput(settings: JobSettings): Promise<CommittedOutput> {
  const folders = JobFolders.make();
  try {
    const job = new JobProcess(processOptions(settings, folders));
    expect(await job.ended, job.describe()).toEqual({ code: 0, signal: null });
    return folders.committed();
  } finally {
    folders.remove();
  }
}

/** Returns what each start said, the last one included; a process that died before it could say anything has no line. */
export async function killAndResume(
  settings: JobSettings,
  deaths: readonly Death[],
  expected: CommittedOutput,
): Promise<readonly string[]> {
  const folders = JobFolders.make();
  try {
    const startLines: string[] = [];
    for (const death of deaths) startLines.push(...(await die(processOptions(settings, folders, death), folders)));
    startLines.push(...(await comeThrough(processOptions(settings, folders), folders)));
    expectUndisturbed(folders, expected);
    return startLines;
  } finally {
    folders.remove();
  }
}

export function expectUndisturbed(folders: JobFolders, expected: CommittedOutput): void {
  expect(folders.committed()).toEqual(expected);
  expect(folders.temporaryOutput()).toEqual([]);
  expect(folders.checkpointFiles()).toEqual([]);
}

async function die(options: JobProcessOptions, folders: JobFolders): Promise<readonly string[]> {
  const former = latestCheckpoint(folders);
  const job = new JobProcess(options);
  expect(await job.ended, job.describe()).toEqual({ code: null, signal: 'SIGKILL' });
  // Several threads may have come to the point at once.
  expect(job.all('crashing').length, job.describe()).toBeGreaterThan(0);
  return startLinesOf(job, former);
}

async function comeThrough(options: JobProcessOptions, folders: JobFolders): Promise<readonly string[]> {
  const former = latestCheckpoint(folders);
  const job = new JobProcess(options);
  const { code } = await job.ended;
  if (former === 'finished') {
    // The process before died after its last act: there is nothing to resume.
    expectRefused(code, job);
    await startOver(options);
  } else {
    expect(code, job.describe()).toBe(0);
    expect(job.all('result'), job.describe()).toMatchObject([{ outcome: 'FINISHED', restarts: 0 }]);
  }
  return startLinesOf(job, former);
}

/** A new run must not touch the output of a finished one. */
function expectRefused(code: number | null, job: JobProcess): void {
  expect(job.all('error'), job.describe()).toMatchObject([{ code: 'OUTPUT_NOT_EMPTY' }]);
  expect(code).toBe(ERROR_CATALOGUE.OUTPUT_NOT_EMPTY.exitCode);
}

/** A new run that may replace the output of the finished one: it also clears away what that one's processes left. */
export async function startOver(options: JobProcessOptions): Promise<void> {
  const job = new JobProcess({ ...options, overwrite: true });
  expect(await job.ended, job.describe()).toEqual({ code: 0, signal: null });
  expect(job.all('started')[0]?.startLine).toMatch(/^new run of 'three-outputs' \(the last one has finished\)/);
}

function startLinesOf(job: JobProcess, former: LatestCheckpoint): readonly string[] {
  return job.all('started').map(({ startLine }) => {
    const wanted =
      typeof former === 'number' ? `resuming chk-${former} of 'three-outputs'` : "new run of 'three-outputs'";
    expect(startLine.startsWith(wanted), `'${startLine}' is not '${wanted}'\n${job.describe()}`).toBe(true);
    return startLine;
  });
}

/** What the next start has to go on from: the id of a checkpoint, or what there is instead. */
type LatestCheckpoint = number | 'none' | 'finished';

function latestCheckpoint(folders: JobFolders): LatestCheckpoint {
  const latest = folders.pointers().findLast(({ kind }) => kind !== 'takeover');
  if (latest?.kind === 'finished') return 'finished';
  return latest?.checkpointId ?? 'none';
}

function isPlan(plan: Partial<CrashPlan>): plan is CrashPlan {
  return plan.point !== undefined;
}
