/** What `handle.status()` says of the subtasks, where it is known what it must say. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobHandle, JobStatusSnapshot } from '../../../src/index.ts';
import { eventually } from '../../support/eventually.ts';
import type { Line } from '../../support/jobs/metered.ts';
import { HOSTS, runJob, scratchFolder, startJob } from '../../support/run-job.ts';

type VertexStatus = JobStatusSnapshot['vertices'][number];

const PARALLELISM = 2;
/** In two files; one of ten is filtered out. */
const LINES = Array.from({ length: 2000 }, (_, index): Line => ({
  key: index % 10 === 3 ? 'dropped' : `k${index % 7}`,
  ts: index,
}));
const KEPT = LINES.filter(({ key }) => key !== 'dropped').length;
/** Both readers have nothing more to read, so the higher of their watermarks counts. */
const LAST_WATERMARK = LINES.length - 2;

function writeInput(): { readonly folder: string; readonly input: string; readonly bytes: number } {
  const folder = scratchFolder();
  const input = join(folder, 'input');
  mkdirSync(input);
  const files = ['a.jsonl', 'b.jsonl'].map((name) => join(input, name));
  for (const [index, file] of files.entries()) {
    const own = LINES.filter((_, line) => line % files.length === index);
    writeFileSync(file, own.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
  return { folder, input, bytes: files.reduce((sum, file) => sum + statSync(file).size, 0) };
}

function vertex(handle: JobHandle, name: string): VertexStatus {
  const found = handle.status().vertices.find((each) => each.name.startsWith(name));
  if (found === undefined) throw new Error(`There is no vertex '${name}'`);
  return found;
}

describe.each(HOSTS)('metrics on %s', (host) => {
  it('count records and bytes in and out of each vertex', async () => {
    const { folder, input, bytes } = writeInput();
    const { handle, result } = await runJob('metered', {
      folder,
      host,
      parallelism: PARALLELISM,
      parameters: { input },
    });
    const source = vertex(handle, 'Source: lines');
    const windows = vertex(handle, 'windows');
    const everywhere = vertex(handle, 'everywhere');
    expect(source.metrics).toMatchObject({ numRecordsIn: LINES.length, numRecordsOut: 2 * KEPT, numBytesIn: bytes });
    expect(windows.metrics).toMatchObject({ numRecordsIn: KEPT, numRecordsOut: 0, numBytesOut: 0 });
    expect(everywhere.metrics).toMatchObject({ numRecordsIn: KEPT * PARALLELISM, numRecordsSend: KEPT * PARALLELISM });
    expect(source.metrics.numBytesOut).toBe(windows.metrics.numBytesIn + everywhere.metrics.numBytesIn);
    expect(windows.metrics.numBytesIn).toBeGreaterThan(KEPT * 4);
    expect(windows.metrics.numFiredTimers).toBe(windows.metrics.numRecordsSend);
    expect(windows.metrics.successfulCommittables).toBeGreaterThan(0);
    expect(result).toMatchObject({
      recordsIn: LINES.length,
      recordsOut: windows.metrics.numRecordsSend + KEPT * PARALLELISM,
    });
    for (const { metrics, runningSubtasks, finishedSubtasks } of handle.status().vertices) {
      expect(metrics.currentOutputWatermark).toBe(Number.POSITIVE_INFINITY);
      expect({ runningSubtasks, finishedSubtasks }).toEqual({ runningSubtasks: 0, finishedSubtasks: PARALLELISM });
    }
  });

  it('tell watermarks and how the time was spent while the job runs', async () => {
    const { folder, input } = writeInput();
    const parameters = { input, open: 'true' };
    const { handle } = await startJob('metered', { folder, host, parallelism: PARALLELISM, parameters });
    await eventually(() => vertex(handle, 'windows').metrics.currentInputWatermark === LAST_WATERMARK);
    await eventually(() => vertex(handle, 'everywhere').metrics.currentOutputWatermark === LAST_WATERMARK);

    const before = handle.status();
    // A row is as old as the last step of its subtask: the longer it goes on, the less that matters.
    await eventually(() => {
      const after = handle.status();
      const elapsedMs = (after.runtimeMs - before.runtimeMs) * PARALLELISM;
      return after.vertices.every(({ metrics }, index) => {
        const spentMs = timeOf(metrics) - timeOf(before.vertices[index]?.metrics);
        return elapsedMs > 200 && Math.abs(spentMs - elapsedMs) < elapsedMs / 10;
      });
    });
    for (const { metrics, runningSubtasks } of handle.status().vertices) {
      expect(runningSubtasks).toBe(PARALLELISM);
      expect(metrics.accumulateIdleTimeMs).toBeGreaterThan(metrics.accumulateBackPressuredTimeMs);
      expect(metrics.longestBlockMs).toBeGreaterThan(0);
      expect(metrics.overflowRecords).toBe(0);
    }
    await handle.cancel();
  });
});

function timeOf(metrics: VertexStatus['metrics'] | undefined): number {
  if (metrics === undefined) return Number.NaN;
  return metrics.accumulateBusyTimeMs + metrics.accumulateBackPressuredTimeMs + metrics.accumulateIdleTimeMs;
}
