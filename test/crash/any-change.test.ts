/**
 * Each process of a job dies before some change of a file, whatever it is: how many it makes before is drawn from a seed. Reaches
 * what nobody has thought of naming.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { CRASH_JOB, RECORDS } from './support/crash-job.ts';
import { draws } from './support/draws.ts';
import type { CommittedOutput } from '../support/job-folders.ts';
import { killAndResume, undisturbedOutput } from './support/kill-and-resume.ts';
import type { Death } from './support/kill-and-resume.ts';

const CASES = 10;
const DEATHS = 4;
/** A start makes some 30 changes, a checkpoint some 25. */
const CHANGES_MAX = 120;
const SEED = Number(process.env['MILLRACE_CRASH_SEED'] ?? 20);

function deathsOf(seed: number): readonly Death[] {
  const draw = draws(seed);
  return Array.from({ length: DEATHS }, () => ({
    point: 'before-any-change',
    occurrence: 1 + draw(CHANGES_MAX),
    rate: RECORDS,
  }));
}

let expected: CommittedOutput = {};

beforeAll(async () => {
  expected = await undisturbedOutput(CRASH_JOB);
});

describe.concurrent('a job resumes exactly when its processes are killed before any change of a file', () => {
  it.for(Array.from({ length: CASES }, (_, index) => SEED + index))('MILLRACE_CRASH_SEED=%i', async (seed) => {
    const deaths = deathsOf(seed);
    const startLines = await killAndResume(CRASH_JOB, deaths, expected);
    expect(startLines.length, deaths.map(({ occurrence }) => occurrence).join(', ')).toBeGreaterThan(0);
  });
});
