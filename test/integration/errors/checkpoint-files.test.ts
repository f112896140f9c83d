/** Checkpoints that are damaged, and directories that cannot hold any. */
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkpointFolder,
  failureOf,
  HOSTS,
  outputRows,
  rejection,
  runJob,
  scratchFolder,
} from '../../support/run-job.ts';
import type { HostKind } from '../../support/run-job.ts';
import { expectEachCountedOnce, RECORDS, runningJob, startLine } from '../../support/resumable.ts';

const RETAINED = { 'execution.checkpointing.num-retained': '3' };

interface Suspended {
  readonly folder: string;
  readonly jobDirectory: string;
  /** Names of the completed checkpoints, the latest first. */
  readonly checkpoints: readonly [string, string, string];
}

async function suspended(host: HostKind = 'inline'): Promise<Suspended> {
  const { handle, folder } = await runningJob({ host, configuration: RETAINED }, 3);
  const { lastCheckpoint } = await handle.suspend();
  const latest = lastCheckpoint?.checkpointId ?? 0;
  const jobDirectory = join(checkpointFolder(folder), handle.jobId);
  return { folder, jobDirectory, checkpoints: [`chk-${latest}`, `chk-${latest - 1}`, `chk-${latest - 2}`] };
}

/** Turns one bit of the byte in the middle of the file. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

function dataFilesOf({ jobDirectory, checkpoints: [latest] }: Suspended): readonly string[] {
  return readdirSync(join(jobDirectory, latest))
    .filter((name) => name !== '_metadata')
    .map((name) => join(jobDirectory, latest, name));
}

describe('a checkpoint', () => {
  it.each([
    ['whose metadata is damaged', 'metadata', damage, /at byte \d+/],
    ['whose metadata is cut', 'metadata', (path: string) => truncateSync(path, 100), /at byte \d+/],
    ['whose metadata is gone', 'metadata', (path: string) => rmSync(path), /is missing, byte 0/],
    ['whose data file is cut', 'data', (path: string) => truncateSync(path, 10), /at byte 10: the file ends there/],
    ['whose data file is gone', 'data', (path: string) => rmSync(path), /at byte 0: the file is missing/],
  ] as const)('%s stops the start, and nothing older is taken silently', async (_, kind, harm, place) => {
    const run = await suspended();
    const { folder, jobDirectory, checkpoints } = run;
    const [latest, older] = checkpoints;
    const file = kind === 'metadata' ? join(jobDirectory, latest, '_metadata') : (dataFilesOf(run)[0] ?? '');
    const before = outputRows(folder).length;
    harm(file);
    const error = await failureOf('resumable', { host: 'inline', folder });
    expect(error).toMatchObject({ code: 'CHECKPOINT_CORRUPT', context: { jobName: 'resumable' } });
    expect(error.message).toContain(`'${file}'`);
    expect(error.message).toMatch(place);
    expect(error.message).toContain(`only taken by --restore-from, because sinks have committed up to ${latest}`);
    expect(error.hint).toContain('--restore-from');
    expect(outputRows(folder)).toHaveLength(before);
    const restored = await runJob('resumable', { host: 'inline', folder, configuration: RETAINED, restoreFrom: older });
    expect(startLine(restored)).toContain(`restoring ${older} of 'resumable'; these sinks have committed beyond it`);
    expect(outputRows(folder).length).toBeGreaterThanOrEqual(RECORDS);
  });

  it.each(HOSTS)('whose data is damaged fails the job on %s before its first record', async (host) => {
    const run = await suspended(host);
    const { folder, checkpoints } = run;
    const before = outputRows(folder).length;
    for (const path of dataFilesOf(run)) damage(path);
    const restarts = {
      ...RETAINED,
      'restart-strategy.type': 'fixed-delay',
      'restart-strategy.fixed-delay.delay': '1 ms',
    };
    const error = await failureOf('resumable', { host, folder, configuration: restarts });
    expect(error).toMatchObject({
      code: 'CHECKPOINT_CORRUPT',
      context: { jobName: 'resumable', operatorUid: 'counts', attemptNumber: 1 },
    });
    expect(error.message).toMatch(/^Reading checkpoint data from '.+\/chk-\d+\/.+' failed at byte \d+: /);
    expect(error.hint).toContain('--restore-from');
    expect(outputRows(folder)).toHaveLength(before);
    // Nor does the next start fall back.
    expect(await failureOf('resumable', { host, folder })).toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
    const setup = { host, folder, configuration: RETAINED, restoreFrom: checkpoints[1] };
    expect((await runJob('resumable', setup)).result.outcome).toBe('FINISHED');
  });

  it('whose entry in the pointer log is damaged stops the start', async () => {
    const { folder, jobDirectory } = await suspended();
    const pointers = readdirSync(join(jobDirectory, 'pointers')).filter((name) => /^\d+$/.test(name));
    const latest = join(jobDirectory, 'pointers', pointers.toSorted().at(-1) ?? '');
    damage(latest);
    const error = await failureOf('resumable', { host: 'inline', folder });
    expect(error).toMatchObject({ code: 'CHECKPOINT_CORRUPT', context: { jobName: 'resumable' } });
    expect(error.message).toContain(`'${latest}' failed: checksum is`);
  });
});

describe('a checkpoint directory', () => {
  it('of a scheme that is not known is CONFIG_INVALID', async () => {
    const configuration = { 'execution.checkpointing.dir': 's3://bucket/checkpoints' };
    const error = await failureOf('resumable', { host: 'inline', configuration });
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', context: { jobName: 'resumable' } });
    expect(error.message).toContain("has scheme 's3', only 'file' is supported");
  });

  it('below a file is CHECKPOINT_STORAGE_FAILED', async () => {
    const folder = scratchFolder();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const configuration = { 'execution.checkpointing.dir': join(file, 'checkpoints') };
    const error = await failureOf('resumable', { host: 'inline', folder, configuration });
    expect(error).toMatchObject({ code: 'CHECKPOINT_STORAGE_FAILED', context: { jobName: 'resumable' } });
    expect(error.message).toContain(join(file, 'checkpoints'));
    expect(error.hint).toContain('rights');
  });

  it.each(HOSTS)('that goes away under a job on %s fails it when no more failures are tolerated', async (host) => {
    const { handle, folder, events } = await runningJob({ host });
    // Node gives up quietly when the job deletes a file at the same time.
    while (existsSync(checkpointFolder(folder))) rmSync(checkpointFolder(folder), { recursive: true, force: true });
    const error = await rejection(handle.result);
    expect(error).toMatchObject({ domain: 'external', context: { jobName: 'resumable', jobId: handle.jobId } });
    expect(['CHECKPOINT_FAILURES_EXCEEDED', 'CHECKPOINT_STORAGE_FAILED']).toContain(error.code);
    expect(events.filter(({ kind }) => kind === 'checkpoint-failed').length).toBeGreaterThanOrEqual(1);
  });
});

describe('a run that is resumed', () => {
  it('counts each number once, whatever is left in its directory', async () => {
    const { folder, jobDirectory } = await suspended();
    writeFileSync(join(jobDirectory, 'shared', 'left-by-somebody'), 'x');
    writeFileSync(join(jobDirectory, 'chk-999'), 'a file with the name of a checkpoint');
    await runJob('resumable', { host: 'inline', folder, configuration: RETAINED });
    expectEachCountedOnce(folder);
  });
});
