/** What a program can do with a running job: look at it, have a checkpoint taken, stop it at any moment, resume and end it. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { HOSTS, outputRows, runJob, scratchFolder, startJob } from '../../support/run-job.ts';

const RECORDS = 1000;
const KEYS = 10;

/** Each key counts 1, 2, 3, ... without gap. */
function expectExactCounts(folder: string): void {
  const rows = outputRows(folder) as readonly { key: number; count: number }[];
  const expected = Array.from({ length: RECORDS }, (_, n) => `${n % KEYS} ${Math.floor(n / KEYS) + 1}`);
  expect(rows.map(({ key, count }) => `${key} ${count}`).toSorted()).toEqual(expected.toSorted());
}

describe.each(HOSTS)('a job on %s', (host) => {
  it('is stopped before its first checkpoint and begins from the start', async () => {
    const folder = scratchFolder();
    const first = await startJob('keyed-counts', { folder, host, parameters: { interval: '1 h', rate: '500' } });
    await eventually(() => (first.handle.status().vertices[0]?.metrics.numRecordsIn ?? 0) > 10);
    expect(await first.handle.suspend()).toMatchObject({ outcome: 'SUSPENDED', completedCheckpoints: 0 });
    expect(outputRows(folder)).toEqual([]);
    const { result } = await runJob('keyed-counts', { folder, host });
    expect(result.outcome).toBe('FINISHED');
    expectExactCounts(folder);
  });

  it('takes a checkpoint when it is asked to, and goes on from it', async () => {
    const folder = scratchFolder();
    const first = await startJob('keyed-counts', { folder, host, parameters: { interval: '1 h', rate: '500' } });
    await eventually(() => (first.handle.status().vertices[0]?.metrics.numRecordsIn ?? 0) > 100);
    const statistics = await first.handle.triggerCheckpoint();
    expect(statistics).toMatchObject({ checkpointId: 1 });
    expect(first.handle.status()).toMatchObject({ completedCheckpoints: 1, lastCheckpoint: { checkpointId: 1 } });
    await first.handle.suspend();
    const second = await runJob('keyed-counts', { folder, host, parallelism: 3 });
    // The records before it are not read again.
    expect(second.result.recordsIn).toBeLessThanOrEqual(RECORDS - 100);
    expectExactCounts(folder);
  });
});

describe('a job', () => {
  it('that is stopped again and again, wherever it is, gives exact results', async () => {
    const folder = scratchFolder();
    const parameters = { interval: '10 ms', rate: '2500' };
    for (const [round, parallelism] of [2, 1, 3, 2, 4, 1].entries()) {
      const { handle } = await startJob('keyed-counts', {
        folder,
        host: 'inline',
        parallelism,
        parameters,
        configuration: { 'execution.checkpointing.incremental': String(round % 2 === 0) },
      });
      await eventually(() => (handle.status().vertices[0]?.metrics.numRecordsIn ?? 0) > 20 * round);
      expect((await handle.suspend()).outcome).toBe('SUSPENDED');
    }
    expect((await runJob('keyed-counts', { folder, host: 'inline' })).result.outcome).toBe('FINISHED');
    expectExactCounts(folder);
  });

  it('with several checkpoints under way gives exact results', async () => {
    const folder = scratchFolder();
    const { result } = await runJob('keyed-counts', {
      folder,
      host: 'inline',
      parameters: { interval: '10 ms', rate: '5000' },
      configuration: { 'execution.checkpointing.max-concurrent-checkpoints': '4' },
    });
    expect(result.completedCheckpoints).toBeGreaterThan(3);
    expectExactCounts(folder);
  });

  it('in at-least-once mode loses nothing', async () => {
    const folder = scratchFolder();
    const configuration = { 'execution.checkpointing.mode': 'AT_LEAST_ONCE' };
    const setup = { folder, host: 'inline', configuration } as const;
    const { handle, event } = await startJob('topology', { ...setup, parameters: { rate: '3000' } });
    await event('checkpoint-completed');
    await handle.suspend();
    expect((await runJob('topology', setup)).result.outcome).toBe('FINISHED');
    const wide = (outputRows(folder) as readonly { from: string; n: number }[]).filter(({ from }) => from === 'wide');
    expect(new Set(wide.map(({ n }) => n)).size).toBe(1200);
  });

  it('can be stopped while its sink is full', async () => {
    const parameters = { case: 'a fast source', records: '100000', 'per-tick': '1' };
    const { handle } = await startJob('pressure', { host: 'inline', parameters });
    await eventually(() => (handle.status().vertices[0]?.metrics.accumulateBackPressuredTimeMs ?? 0) > 50);
    const [first, second] = await Promise.all([handle.suspend(), handle.suspend()]);
    expect(first.outcome).toBe('SUSPENDED');
    expect(second).toEqual(first);
    expect(await handle.cancel()).toEqual(first);
    expect(handle.status().status).toBe('SUSPENDED');
  });

  it('tells its status from the start to the end', async () => {
    const { handle, events } = await startJob('keyed-counts', { host: 'inline', parallelism: 3 });
    expect(handle.status()).toMatchObject({
      jobName: 'keyed-counts',
      jobId: handle.jobId,
      attemptNumber: 1,
      restarts: 0,
    });
    const result = await handle.result;
    expect(result).toMatchObject({ outcome: 'FINISHED', recordsIn: RECORDS, recordsOut: RECORDS, restarts: 0 });
    expect(handle.status()).toMatchObject({ status: 'FINISHED', checkpointInProgress: false });
    expect(
      handle.status().vertices.map(({ parallelism, finishedSubtasks }) => [parallelism, finishedSubtasks]),
    ).toEqual([
      [3, 3],
      [3, 3],
    ]);
    const changes = events.flatMap((event) => (event.kind === 'status-changed' ? [event.status] : []));
    expect(changes.at(-1)).toBe('FINISHED');
    expect(changes).toContain('RUNNING');
    const [started] = events;
    expect(started).toMatchObject({ kind: 'started', startLine: expect.stringContaining('new run') });
  });
});
