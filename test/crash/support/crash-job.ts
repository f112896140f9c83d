import { join } from 'node:path';
import type { JobSettings } from './kill-and-resume.ts';

const MODULE = join(import.meta.dirname, '../../support/jobs/crashing-outputs.ts');

export const RECORDS = 1000;

/**
 * Records per second of whoever is to die: four seconds of records, more than a hundred checkpoints. A point is reached long before
 * the end, also on a slow machine, and nobody waits for the rest.
 */
export const SLOW_RATE = 250;

/** The job of the crash suite, at full speed on the inline host; see test/support/jobs/three-outputs.ts. */
export const CRASH_JOB: JobSettings = {
  module: MODULE,
  host: 'inline',
  parallelism: 2,
  parameters: { records: String(RECORDS), interval: '20 ms' },
  configuration: { 'pipeline.auto-watermark-interval': '5 ms' },
};
