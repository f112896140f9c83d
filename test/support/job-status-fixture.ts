/** Job statuses for tests of what shows them. */
import { operatorId } from '../../src/base/ids.ts';
import { SUBTASK_METRICS } from '../../src/base/metrics.ts';
import type { SubtaskMetricName } from '../../src/base/metrics.ts';
import type { CheckpointStatistics, JobResult, JobStatusSnapshot, VertexStatus } from '../../src/job/job-status.ts';

export function vertexStatus(
  index: number,
  metrics: Partial<Record<SubtaskMetricName, number>> = {},
  fields: Partial<Omit<VertexStatus, 'metrics'>> = {},
): VertexStatus {
  return {
    vertexId: operatorId(String(index).padStart(32, '0')),
    name: `vertex-${index}`,
    parallelism: 2,
    runningSubtasks: 2,
    finishedSubtasks: 0,
    ...fields,
    metrics: {
      // fromEntries forgets which keys there are.
      ...(Object.fromEntries(SUBTASK_METRICS.map((name) => [name, 0])) as Record<SubtaskMetricName, number>),
      currentInputWatermark: Number.NEGATIVE_INFINITY,
      currentOutputWatermark: Number.NEGATIVE_INFINITY,
      ...metrics,
    },
  };
}

export function jobStatus(fields: Partial<JobStatusSnapshot> = {}): JobStatusSnapshot {
  return {
    status: 'RUNNING',
    jobName: 'totals',
    jobId: '0'.repeat(32),
    attemptNumber: 1,
    atMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    runtimeMs: 12_000,
    restarts: 0,
    nextAttemptAtMs: undefined,
    vertices: [],
    completedCheckpoints: 0,
    failedCheckpoints: 0,
    checkpointInProgress: false,
    lastCheckpoint: undefined,
    ...fields,
  };
}

export function checkpointStatistics(checkpointId: number): CheckpointStatistics {
  return {
    checkpointId,
    durationMs: 35,
    writtenBytes: 2.1 * 1024 * 1024,
    stateBytes: 4.2 * 1024 * 1024,
    path: `/checkpoints/job/chk-${checkpointId}`,
    completedAtMs: Date.UTC(2026, 0, 2, 3, 4, 4),
  };
}

export function jobResult(fields: Partial<JobResult> = {}): JobResult {
  return {
    outcome: 'FINISHED',
    jobName: 'totals',
    jobId: '0'.repeat(32),
    runtimeMs: 12_000,
    restarts: 0,
    recordsIn: 3_000_000,
    recordsOut: 83_021,
    completedCheckpoints: 12,
    failedCheckpoints: 0,
    lastCheckpoint: checkpointStatistics(12),
    lateRecordsDropped: 0,
    ...fields,
  };
}
