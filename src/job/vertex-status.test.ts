import { describe, expect, test } from 'vitest';
import { JobMasterFixture } from '../../test/support/job-master-fixture.ts';
import { must } from '../base/assert.ts';
import { subtaskKey } from '../base/ids.ts';
import { SubtaskMetrics } from '../base/metrics.ts';
import { combinedMetrics, plusRecords, recordCounts, vertexStatuses } from './vertex-status.ts';

function metrics(values: Partial<Record<Parameters<SubtaskMetrics['set']>[0], number>>): SubtaskMetrics {
  const row = new SubtaskMetrics();
  for (const name of ['numRecordsIn', 'numRecordsSend', 'currentInputWatermark', 'longestBlockMs'] as const) {
    row.set(name, values[name] ?? 0);
  }
  return row;
}

describe('Metrics of a vertex', () => {
  test('are sums, but for watermarks, which hold back, and maxima', () => {
    const rows = [
      metrics({ numRecordsIn: 3, currentInputWatermark: 70, longestBlockMs: 4 }),
      metrics({ numRecordsIn: 5, currentInputWatermark: -10, longestBlockMs: 9 }),
    ];
    expect(combinedMetrics(rows)).toMatchObject({ numRecordsIn: 8, currentInputWatermark: -10, longestBlockMs: 9 });
  });

  test('tell where its subtasks are', () => {
    const { jobGraph, subtasks } = new JobMasterFixture().graph;
    const keys = subtasks.map(subtaskKey);
    const statuses = new Map([
      [must(keys[0], 'subtask'), 'end-of-data'],
      [must(keys[2], 'subtask'), 'running'],
      [must(keys[3], 'subtask'), 'finished'],
    ] as const);
    const vertices = vertexStatuses(jobGraph, { statuses, isCheckpointing: false }, () => metrics({}));
    expect(vertices.map(({ runningSubtasks, finishedSubtasks }) => [runningSubtasks, finishedSubtasks])).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });
});

test('Records of a job are those of its sources and sinks', () => {
  const { jobGraph } = new JobMasterFixture().graph;
  const vertices = vertexStatuses(jobGraph, { statuses: new Map(), isCheckpointing: false }, () =>
    metrics({ numRecordsIn: 4, numRecordsSend: 2 }),
  );
  const counts = recordCounts(jobGraph, vertices);
  expect(counts).toEqual({ recordsIn: 8, recordsOut: 8, lateRecordsDropped: 0 });
  expect(plusRecords(counts, counts).recordsIn).toBe(16);
});
