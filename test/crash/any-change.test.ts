/**
 * Each process of a job dies before some change of a file, whatever it is: how many it makes before is drawn from a seed. Reaches
 * what nobody has thought of naming.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { CRASH_JOB, SLOW_RATE } from './support/crash-job.ts';
import { draws } from './support/draws.ts';
import type { CommittedOutput } from '../support/job-folders.ts';
import { killAndResume, undisturbedOutput } from './support/kill-and-resume.ts';
import type { Death } from './support/kill-and-resume.ts';

const SEED = Number(process.env['MILLRACE_CRASH_SEED'] ?? 20);
/** A start makes some 30 changes, a checkpoint some 25; on threads they are counted in each thread. */
const INLINE = { settings: CRASH_JOB, cases: 8, deaths: 4, changesMax: 120 } as const;
const THREADS = { settings: { ...CRASH_JOB, host: 'threads' }, cases: 2, deaths: 3, changesMax: 60 } as const;

function deathsOf(seed: number, { deaths, changesMax }: typeof INLINE | typeof THREADS): readonly Death[] {
  const draw = draws(seed);
  return Array.from({ length: deaths }, () => ({
    point: 'before-any-change',
    occurrence: 1 + draw(changesMax),
    rate: SLOW_RATE,
  }));
}

function seeds(cases: number): readonly number[] {
  return Array.from({ length: cases }, (_, index) => SEED + index);
}

let expected: CommittedOutput = {};

beforeAll(async () => {
  expected = await undisturbedOutput(CRASH_JOB);
});

describe.concurrent.for([INLINE, THREADS])(
  'processes that die before any change of a file: $settings.host host',
  (kind) => {
    it.for(seeds(kind.cases))('MILLRACE_CRASH_SEED=%i', async (seed) => {
      const deaths = deathsOf(seed, kind);
      const startLines = await killAndResume(kind.settings, deaths, expected);
      expect(startLines.length, deaths.map(({ occurrence }) => occurrence).join(', ')).toBeGreaterThan(0);
    });
  },
);
