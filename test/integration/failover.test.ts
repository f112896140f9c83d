/** A function throws once in the middle of the job: the next attempt starts from the latest checkpoint, and nothing of it shows. */
import { beforeAll, describe, expect, it } from 'vitest';
import { expectOneRestart, faultlessOutput, runWithFault } from '../support/faulty-outputs.ts';
import type { CommittedOutput } from '../support/job-folders.ts';
import { HOSTS } from '../support/run-job.ts';

const SETUPS = HOSTS.flatMap((host) => [1, 2].map((parallelism) => ({ host, parallelism })));

describe('a function that throws once in a job with state, windows and timers', () => {
  let expected: CommittedOutput = {};

  beforeAll(async () => {
    expected = await faultlessOutput();
  });

  it.for(SETUPS)('costs one restart: $host host, parallelism $parallelism', async (setup) => {
    const ended = await runWithFault('throw', setup);
    const { error, restartInMs } = expectOneRestart(ended, expected);
    expect(error).toMatchObject({ code: 'USER_FUNCTION_FAILED', context: { attemptNumber: 1 } });
    expect(error.message).toContain('this record is cursed');
    expect(restartInMs).toBe(0);
  });
});

describe('a failure when some sources, and all that follows them, have finished', () => {
  let expected: CommittedOutput = {};

  beforeAll(async () => {
    expected = await faultlessOutput('uneven-sources');
  });

  it.for(SETUPS)('restores them as finished: $host host, parallelism $parallelism', async (setup) => {
    const ended = await runWithFault('throw', setup, 'uneven-sources');
    expectOneRestart(ended, expected);
    // Of the last attempt: what had finished has read nothing again.
    const read = new Map(ended.handle.status().vertices.map(({ name, metrics }) => [name, metrics.numRecordsIn]));
    expect(read.get('Source: short')).toBe(0);
    expect(read.get('Short counts -> Sink: files')).toBe(0);
    expect(read.get('Source: long -> Map')).toBeGreaterThan(0);
  });
});
