/** What the subtasks of an attempt say, added up by vertex. */
import type { SubtaskAddress } from '../base/ids.ts';
import { subtaskKey } from '../base/ids.ts';
import { SUBTASK_METRICS } from '../base/metrics.ts';
import type { SubtaskMetricName, SubtaskMetrics } from '../base/metrics.ts';
import type { JobGraph, JobVertex } from '../graph/job-graph.ts';
import type { AttemptProgress } from './attempt-progress.ts';
import type { VertexStatus } from './job-status.ts';

export function vertexStatuses(
  jobGraph: JobGraph,
  progress: AttemptProgress,
  metricsOf: (subtask: SubtaskAddress) => SubtaskMetrics,
): readonly VertexStatus[] {
  return jobGraph.vertices.map((vertex) => {
    const addresses = addressesOf(vertex);
    const statuses = addresses.map((address) => progress.statuses.get(subtaskKey(address)));
    return {
      vertexId: vertex.id,
      name: vertex.name,
      parallelism: vertex.parallelism,
      runningSubtasks: statuses.filter((status) => status === 'running' || status === 'end-of-data').length,
      finishedSubtasks: statuses.filter((status) => status === 'finished').length,
      metrics: combinedMetrics(addresses.map(metricsOf)),
    };
  });
}

function addressesOf(vertex: JobVertex): readonly SubtaskAddress[] {
  return Array.from({ length: vertex.parallelism }, (_, subtaskIndex) => ({ vertexId: vertex.id, subtaskIndex }));
}

/** Every other metric is a sum. */
const COMBINED_OTHERWISE: Partial<Record<SubtaskMetricName, (...values: number[]) => number>> = {
  currentInputWatermark: Math.min,
  currentOutputWatermark: Math.min,
  overflowRecordsMax: Math.max,
  longestBlockMs: Math.max,
};

export function combinedMetrics(rows: readonly SubtaskMetrics[]): Readonly<Record<SubtaskMetricName, number>> {
  const combined = SUBTASK_METRICS.map((name): [SubtaskMetricName, number] => {
    const values = rows.map((row) => row.get(name));
    return [name, COMBINED_OTHERWISE[name]?.(...values) ?? values.reduce((sum, value) => sum + value, 0)];
  });
  // fromEntries forgets which keys there are.
  return Object.fromEntries(combined) as Record<SubtaskMetricName, number>;
}

/** Records of a whole attempt, for the job's result. */
export interface RecordCounts {
  /** Emitted by the sources. */
  readonly recordsIn: number;
  /** Taken by the sinks. */
  readonly recordsOut: number;
  readonly lateRecordsDropped: number;
}

export const NO_RECORDS: RecordCounts = { recordsIn: 0, recordsOut: 0, lateRecordsDropped: 0 };

export function plusRecords(a: RecordCounts, b: RecordCounts): RecordCounts {
  return {
    recordsIn: a.recordsIn + b.recordsIn,
    recordsOut: a.recordsOut + b.recordsOut,
    lateRecordsDropped: a.lateRecordsDropped + b.lateRecordsDropped,
  };
}

export function recordCounts(jobGraph: JobGraph, vertices: readonly VertexStatus[]): RecordCounts {
  const sourceIds = new Set(jobGraph.vertices.filter(({ inputs }) => inputs.length === 0).map(({ id }) => id));
  const sum = (name: SubtaskMetricName, of: readonly VertexStatus[] = vertices): number =>
    of.reduce((total, { metrics }) => total + metrics[name], 0);
  return {
    recordsIn: sum(
      'numRecordsIn',
      vertices.filter(({ vertexId }) => sourceIds.has(vertexId)),
    ),
    recordsOut: sum('numRecordsSend'),
    lateRecordsDropped: sum('numLateRecordsDropped'),
  };
}
