/** A job goes on at another parallelism: keyed state, timers, windows, splits and open output files are dealt out anew. */
import { describe, expect, it } from 'vitest';
import { faultlessOutput } from '../support/faulty-outputs.ts';
import { JobFolders } from '../support/job-folders.ts';
import { HOSTS, runJob, scratchFolder, startJob } from '../support/run-job.ts';
import type { HostKind } from '../support/run-job.ts';

const RATE = '500';
const CONFIGURATION = { 'pipeline.auto-watermark-interval': '5 ms' };

/** Runs until a checkpoint of its own has completed. */
async function runsAWhile(job: string, folder: string, host: HostKind, parallelism: number): Promise<void> {
  const parameters = { records: '1000', rate: RATE };
  const started = await startJob(job, {
    folder,
    host,
    parallelism,
    parameters,
    configuration: CONFIGURATION,
  });
  await started.event('checkpoint-completed');
  expect(await started.handle.suspend()).toMatchObject({ outcome: 'SUSPENDED', restarts: 0 });
}

describe.for(['three-outputs', 'uneven-sources'])('%s, suspended and started at another parallelism', (job) => {
  it.for(HOSTS)('loses nothing and repeats nothing on the %s host', async (host) => {
    const folder = scratchFolder();
    for (const parallelism of [2, 3, 1]) await runsAWhile(job, folder, host, parallelism);
    const { result } = await runJob(job, { folder, host, parallelism: 2, parameters: { records: '1000' } });
    expect(result).toMatchObject({ outcome: 'FINISHED', restarts: 0 });
    const folders = JobFolders.below(folder);
    expect(folders.committed()).toEqual(await faultlessOutput(job));
    expect(folders.temporaryOutput()).toEqual([]);
    expect(folders.checkpointFiles()).toEqual([]);
  });
});
