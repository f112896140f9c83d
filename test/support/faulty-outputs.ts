/** Jobs with a fault in the middle, after some checkpoints, and what must come out of them all the same. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { jobIdOf } from '../../src/checkpoint/protocol/job-identity.ts';
import type { JobEvent } from '../../src/index.ts';
import { faultParameters } from './faults.ts';
import type { FaultKind } from './faults.ts';
import { JobFolders } from './job-folders.ts';
import type { CommittedOutput } from './job-folders.ts';
import { checkpointFolder, runJob, scratchFolder } from './run-job.ts';
import type { EndedJob, JobSetup } from './run-job.ts';

const JOB = 'three-outputs';
const RECORDS = 1000;
const FAULT_AT = 300;
/** Of the pointer log: the takeover and two checkpoints. */
const SEQUENCE_BEFORE = 3;

export const RESTART_AT_ONCE: Readonly<Record<string, string>> = {
  'restart-strategy.type': 'fixed-delay',
  'restart-strategy.fixed-delay.attempts': '3',
  'restart-strategy.fixed-delay.delay': '0 s',
  'pipeline.auto-watermark-interval': '5 ms',
};

/** Parameters of the job and its fault. The records come in a second, so that some thirty checkpoints pass. */
export function faultyParameters(kind: FaultKind, folder: string, job: string = JOB): Record<string, string> {
  return {
    records: String(RECORDS),
    rate: String(RECORDS),
    ...faultParameters({
      kind,
      atIndex: FAULT_AT,
      pointers: join(checkpointFolder(folder), jobIdOf(job), 'pointers'),
      sequence: SEQUENCE_BEFORE,
      marker: join(folder, 'fault-has-struck'),
    }),
  };
}

/** What the records alone decide, from a run without fault. */
export async function faultlessOutput(job: string = JOB): Promise<CommittedOutput> {
  const { folder } = await runJob(job, { host: 'inline', parameters: { records: String(RECORDS) } });
  return JobFolders.below(folder).committed();
}

export async function runWithFault(kind: FaultKind, setup: JobSetup, job: string = JOB): Promise<EndedJob> {
  const folder = scratchFolder();
  return runJob(job, {
    ...setup,
    folder,
    parameters: { ...faultyParameters(kind, folder, job), ...setup.parameters },
    configuration: { ...RESTART_AT_ONCE, ...setup.configuration },
  });
}

export type FailedAttempt = Extract<JobEvent, { kind: 'attempt-failed' }>;

/** One failure, one restart, and nothing of it to be seen in the output. Returns the failure. */
export function expectOneRestart({ result, events, folder }: EndedJob, expected: CommittedOutput): FailedAttempt {
  expect(result).toMatchObject({ outcome: 'FINISHED', restarts: 1 });
  const failures = events.filter((event) => event.kind === 'attempt-failed');
  expect(failures).toHaveLength(1);
  const folders = JobFolders.below(folder);
  expect(folders.committed()).toEqual(expected);
  expect(folders.temporaryOutput()).toEqual([]);
  expect(folders.checkpointFiles()).toEqual([]);
  const [failure] = failures;
  if (failure === undefined) throw new Error('No attempt has failed');
  return failure;
}
