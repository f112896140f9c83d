/** Timestamps, watermarks and windows of whole jobs, where time goes on in sources of different kinds and speeds. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobHandle } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import type { Counted } from '../../support/jobs/event-time.ts';
import { FAST_RECORDS, SLOW_RECORDS } from '../../support/jobs/event-time.ts';
import { HOSTS, outputFolder, rowsBelow, runJob, startJob } from '../../support/run-job.ts';

type Metric = 'currentInputWatermark' | 'currentOutputWatermark' | 'numRecordsIn' | 'numFiredTimers';

/** By the beginning of the vertex name. */
function metricOf(handle: JobHandle, vertex: string, metric: Metric): number {
  const found = handle.status().vertices.filter(({ name }) => name.includes(vertex));
  expect(found.map(({ name }) => name)).toHaveLength(1);
  return found[0]?.metrics[metric] ?? Number.NaN;
}

/** In the order of time: what fires at once fires key by key. */
const windowsOf = (folder: string): readonly Counted[] =>
  (rowsBelow(join(outputFolder(folder), 'windows')) as readonly Counted[]).toSorted((a, b) => a.start - b.start);
const lateOf = (folder: string): readonly unknown[] => rowsBelow(join(outputFolder(folder), 'late'));

async function nextCheckpoints(handle: JobHandle, count: number): Promise<void> {
  const before = handle.status().completedCheckpoints;
  await eventually(() => handle.status().completedCheckpoints >= before + count);
}

const WITHOUT_LATE = [
  { k: 'a', start: 0, count: 1 },
  { k: 'a', start: 10, count: 3 },
  { k: 'a', start: 20, count: 1 },
];

const host = 'inline';

describe('event time', () => {
  it.each([
    { bound: undefined, watermark: 16 },
    { bound: '0', watermark: 16 },
    { bound: '5', watermark: 11 },
  ])('the watermark is the highest timestamp - bound $bound - 1', async ({ bound, watermark }) => {
    const { handle } = await startJob('event-time', {
      host,
      parameters: { case: 'one', open: 'true', ...(bound === undefined ? {} : { bound }) },
    });
    await eventually(() => metricOf(handle, 'windows', 'currentInputWatermark') === watermark);
    expect(metricOf(handle, 'one', 'currentOutputWatermark')).toBe(watermark);
    const result = await handle.cancel();
    expect(result.outcome).toBe('CANCELED');
  });

  it('late records are dropped and counted', async () => {
    const { folder, result } = await runJob('event-time', { host, parameters: { case: 'late ones' } });
    expect(result).toMatchObject({ recordsIn: 7, lateRecordsDropped: 2 });
    expect(windowsOf(folder)).toEqual(WITHOUT_LATE);
    expect(lateOf(folder)).toEqual([]);
  });

  it('the lowest watermark of the splits counts', async () => {
    const { handle } = await startJob('event-time', { host, parameters: { case: 'two splits', open: 'true' } });
    await eventually(() => metricOf(handle, 'windows', 'numRecordsIn') === 4);
    await eventually(() => metricOf(handle, 'windows', 'currentInputWatermark') === 4);
    await nextCheckpoints(handle, 3);
    expect(metricOf(handle, 'windows', 'currentInputWatermark')).toBe(4);
    await handle.cancel();
  });

  it('a silent source that is not idle does', async () => {
    const started = await startJob('event-time', { host, parameters: { case: 'an idle one', open: 'true' } });
    await eventually(() => metricOf(started.handle, 'windows', 'numRecordsIn') === 4);
    await nextCheckpoints(started.handle, 5);
    expect(metricOf(started.handle, 'windows', 'numFiredTimers')).toBe(0);
    await started.handle.cancel();
    expect(windowsOf(started.folder)).toEqual([]);
  });

  it('times and watermarks are replaced in the middle', async () => {
    const { folder, result } = await runJob('event-time', {
      host,
      // So wide that nothing is late by the new times, whenever a period ends; by the old ones nearly all would be.
      parameters: { case: 'a strategy in the middle', bound: '20', late: 'true' },
    });
    expect(result.lateRecordsDropped).toBe(0);
    expect(lateOf(folder)).toEqual([]);
    expect(windowsOf(folder)).toEqual([
      { k: 'a', start: 10, count: 2 },
      { k: 'a', start: 20, count: 1 },
      { k: 'a', start: 30, count: 1 },
    ]);
  });
});

describe.each(HOSTS)('event time on %s', (host) => {
  it('late records go to a side output, with their times', async () => {
    const { folder, result } = await runJob('event-time', { host, parameters: { case: 'late ones', late: 'true' } });
    expect(result).toMatchObject({ recordsIn: 7, lateRecordsDropped: 0 });
    expect(windowsOf(folder)).toEqual(WITHOUT_LATE);
    expect(lateOf(folder)).toEqual([
      { k: 'a', ts: 3, at: 3 },
      { k: 'a', ts: 9, at: 9 },
    ]);
  });

  it('an idle source holds nobody back', async () => {
    const started = await startJob('event-time', {
      host,
      parameters: { case: 'an idle one', open: 'true', idle: '30 ms' },
    });
    await eventually(() => windowsOf(started.folder).length >= 2);
    await started.handle.cancel();
    expect(windowsOf(started.folder)).toEqual([
      { k: 'a', start: 0, count: 2 },
      { k: 'a', start: 10, count: 1 },
    ]);
  });

  it('a source all of whose splits fall silent sends the highest of their watermarks first', async () => {
    const started = await startJob('event-time', {
      host,
      parameters: { case: 'all idle', open: 'true', idle: '30 ms' },
    });
    await eventually(() => metricOf(started.handle, 'windows', 'currentInputWatermark') === 34);
    await eventually(() => windowsOf(started.folder).length >= 2);
    await started.handle.cancel();
    expect(windowsOf(started.folder)).toEqual([
      { k: 'a', start: 0, count: 2 },
      { k: 'b', start: 10, count: 1 },
    ]);
  });

  it.each([1, 2])('streams of different speeds make no record late at parallelism %i', async (parallelism) => {
    const { folder, result } = await runJob('event-time', { host, parallelism, parameters: { case: 'two speeds' } });
    expect(result).toMatchObject({ recordsIn: FAST_RECORDS + SLOW_RECORDS, lateRecordsDropped: 0 });
    const rows = windowsOf(folder);
    expect(new Set(rows.map(({ k, start }) => `${k} ${start}`)).size).toBe(rows.length);
    expect(rows.filter(({ k }) => k === 'fast').map(({ count }) => count)).toEqual(Array(FAST_RECORDS).fill(1));
    expect(rows.filter(({ k }) => k === 'slow').map(({ count }) => count)).toEqual(Array(SLOW_RECORDS).fill(1));
  });
});
