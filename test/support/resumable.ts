/** Runs of test/support/jobs/resumable.ts: stopped in the middle, and what must have come out in the end. */
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { outputRows, startJob } from './run-job.ts';
import type { JobSetup, StartedJob } from './run-job.ts';

export const RECORDS = 2000;
const KEYS = 10;

/** So slow that it does not end by itself in a test. */
const SLOW = { rate: '100' };

/** Started and left running; has state, and has completed `checkpoints` checkpoints with it. */
export async function runningJob(setup: JobSetup = {}, checkpoints = 1): Promise<StartedJob> {
  const started = await startJob('resumable', {
    host: 'inline',
    ...setup,
    parameters: { ...SLOW, ...setup.parameters },
  });
  await eventually(() => started.handle.status().vertices.every(({ metrics }) => metrics.numRecordsIn > 0));
  // The next one may have been triggered before.
  await completed(started, completedCount(started) + 1 + checkpoints);
  return started;
}

/** The job was suspended after `checkpoints` checkpoints with state; its folder. */
export async function suspendedJob(setup: JobSetup = {}, checkpoints = 1): Promise<string> {
  const { handle, folder } = await runningJob(setup, checkpoints);
  const { outcome } = await handle.suspend();
  expect(outcome).toBe('SUSPENDED');
  return folder;
}

/** Each number was counted once. */
export function expectEachCountedOnce(folder: string): void {
  const rows = outputRows(folder) as readonly { readonly key: number; readonly count: number }[];
  const counts = Array.from({ length: KEYS }, (_, key) =>
    rows
      .filter((row) => row.key === key)
      .map(({ count }) => count)
      .toSorted((a, b) => a - b),
  );
  const expected = Array.from({ length: RECORDS / KEYS }, (_, index) => index + 1);
  for (const of of counts) expect(of).toEqual(expected);
}

/** In all since the start. */
export async function completed(started: StartedJob, checkpoints: number): Promise<void> {
  await eventually(() => completedCount(started) >= checkpoints);
}

function completedCount({ events }: StartedJob): number {
  return events.filter(({ kind }) => kind === 'checkpoint-completed').length;
}

export function startLine({ events }: StartedJob): string {
  const started = events.find(({ kind }) => kind === 'started');
  return started?.kind === 'started' ? started.startLine : '';
}

export function warnings({ events }: StartedJob): readonly string[] {
  const started = events.find(({ kind }) => kind === 'started');
  return started?.kind === 'started' ? started.warnings : [];
}
