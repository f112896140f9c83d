/**
 * A process is killed at a named point, the next one at the same point again, and so on, until the last one comes through. The
 * points are file operations of checkpoints, pointer log and file sink (support/crash-point.ts); the engine knows nothing of them.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { CRASH_JOB, RECORDS, SLOW_RATE } from './support/crash-job.ts';
import type { CrashPoint } from './support/crash-point.ts';
import type { CommittedOutput } from '../support/job-folders.ts';
import { killAndResume, undisturbedOutput } from './support/kill-and-resume.ts';
import type { Death, JobSettings } from './support/kill-and-resume.ts';

const INLINE = CRASH_JOB;
const THREADS: JobSettings = { ...INLINE, host: 'threads' };

/** At the `occurrences`-th time of the point in the first, the second, ... process. */
function at(point: CrashPoint, ...occurrences: readonly number[]): readonly Death[] {
  return occurrences.map((occurrence) => ({ point, occurrence, rate: SLOW_RATE }));
}

/** At full speed. */
function atTheEnd(point: CrashPoint, ...occurrences: readonly number[]): readonly Death[] {
  return occurrences.map((occurrence) => ({ point, occurrence }));
}

const START: readonly (readonly Death[])[] = [
  at('after-lock-file', 1),
  at('before-identity', 1, 1),
  at('before-takeover-entry', 1, 1),
  at('after-takeover-entry', 1, 1),
  [...at('before-metadata', 3), ...at('before-leftover-folder-removed', 1, 1)],
  [...at('half-output-file', 9), ...at('after-leftover-file-removed', 1, 2)],
];

const CHECKPOINT: readonly (readonly Death[])[] = [
  at('before-checkpoint-folder', 1, 3),
  at('after-checkpoint-folder', 1, 3),
  at('after-data-file-opened', 1, 4),
  at('half-data-file', 1, 4, 7),
  at('before-data-file', 1, 4),
  at('after-data-file', 1, 4),
  at('half-metadata', 1, 3),
  at('before-metadata', 1, 3),
  at('after-metadata', 1, 3, 2),
  at('half-pointer-entry', 2, 3),
  at('before-pointer-entry', 1, 3),
  at('after-pointer-entry', 1, 3, 2),
  at('before-old-metadata-removed', 1, 2),
  at('after-old-metadata-removed', 1, 2),
];

const OUTPUT: readonly (readonly Death[])[] = [
  at('after-output-file-opened', 5, 6),
  at('half-output-file', 3, 6),
  at('before-output-file-sync', 5, 4),
  at('before-sink-commit', 1, 4),
  at('after-sink-commit', 1, 4, 3),
];

const END: readonly (readonly Death[])[] = [
  atTheEnd('before-finished-entry', 1, 1),
  atTheEnd('after-finished-entry', 1),
  [...at('after-pointer-entry', 4), ...atTheEnd('before-finished-entry', 1)],
];

/** In the threads of the slots, or in the main thread while they run. */
const ON_THREADS: readonly (readonly Death[])[] = [
  at('half-data-file', 2, 5),
  at('after-data-file', 3),
  at('before-pointer-entry', 2),
  at('after-pointer-entry', 2),
  at('after-sink-commit', 1, 3),
  atTheEnd('before-finished-entry', 1),
];

function titled(cases: readonly (readonly Death[])[]): readonly (readonly [string, readonly Death[]])[] {
  return cases.map((deaths) => [deaths.map(({ point, occurrence }) => `${point} #${occurrence}`).join(', '), deaths]);
}

let expected: CommittedOutput = {};

beforeAll(async () => {
  expected = await undisturbedOutput(INLINE);
  // What the job is known to count: without it, two wrong outputs could be equal.
  expect(Object.keys(expected)).toEqual(['buckets', 'counts', 'windows']);
  expect(expected['counts']).toHaveLength(RECORDS);
});

async function resumes(settings: JobSettings, deaths: readonly Death[]): Promise<void> {
  const startLines = await killAndResume(settings, deaths, expected);
  expect(startLines.length).toBeLessThanOrEqual(deaths.length + 1);
}

describe.concurrent('a job on the inline host resumes exactly when its process is killed', () => {
  it.for(titled(START))('while it starts: %s', ([, deaths]) => resumes(INLINE, deaths));
  it.for(titled(CHECKPOINT))('in a checkpoint: %s', ([, deaths]) => resumes(INLINE, deaths));
  it.for(titled(OUTPUT))('while it writes output: %s', ([, deaths]) => resumes(INLINE, deaths));
  it.for(titled(END))('at the end of the job: %s', ([, deaths]) => resumes(INLINE, deaths));
});

describe.concurrent('a job on threads resumes exactly when its process is killed', () => {
  it.for(titled(ON_THREADS))('%s', ([, deaths]) => resumes(THREADS, deaths));
});
