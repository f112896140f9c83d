import { must } from '../../base/assert.ts';
import { subtaskKey } from '../../base/ids.ts';
import type { SubtaskAddress } from '../../base/ids.ts';
import { SUBTASK_METRIC_COUNT, SubtaskMetrics } from '../../base/metrics.ts';
import type { ExecutionGraph } from '../../graph/execution-graph.ts';

/** Rows lie in the order of the execution graph's subtasks, which is the same in every thread. */
export function metricsOver(
  memory: SharedArrayBuffer,
  graph: ExecutionGraph,
): (subtask: SubtaskAddress) => SubtaskMetrics {
  const rows = new Map(
    graph.subtasks.map((address, index) => [
      subtaskKey(address),
      new SubtaskMetrics(
        new Float64Array(memory, index * SUBTASK_METRIC_COUNT * Float64Array.BYTES_PER_ELEMENT, SUBTASK_METRIC_COUNT),
      ),
    ]),
  );
  return (subtask) => must(rows.get(subtaskKey(subtask)), `metrics of subtask ${subtaskKey(subtask)}`);
}
