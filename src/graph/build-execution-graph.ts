/** Job graph → execution graph: subtasks in topological order, and the channels of each exchange. */
import { assert, must, unreachable } from '../base/assert.ts';
import type { ChannelSpec, ExecutionGraph } from './execution-graph.ts';
import type { JobEdge, JobGraph, JobVertex } from './job-graph.ts';

export function buildExecutionGraph(jobGraph: JobGraph): ExecutionGraph {
  const vertexById = new Map(jobGraph.vertices.map((vertex) => [vertex.id, vertex]));
  const subtasks = jobGraph.vertices.flatMap((vertex) =>
    indices(vertex.parallelism).map((subtaskIndex) => ({ vertexId: vertex.id, subtaskIndex })),
  );
  const channels: ChannelSpec[] = [];
  for (const edge of jobGraph.edges) {
    const source = must(vertexById.get(edge.sourceVertex), 'source vertex of an edge');
    const target = must(vertexById.get(edge.targetVertex), 'target vertex of an edge');
    for (const [upstreamSubtask, downstreamSubtask] of pairs(edge, source, target)) {
      channels.push({ index: channels.length, edge, upstreamSubtask, downstreamSubtask });
    }
  }
  return { jobGraph, subtasks, channels };
}

type Pair = readonly [upstreamSubtask: number, downstreamSubtask: number];

/** Ordered by upstream subtask, then by downstream subtask. */
function pairs(edge: JobEdge, source: JobVertex, target: JobVertex): readonly Pair[] {
  switch (edge.partitioner.kind) {
    case 'forward':
      assert(source.parallelism === target.parallelism, 'Forward exchange between different parallelism');
      return indices(source.parallelism).map((subtask) => [subtask, subtask]);
    case 'rescale':
      return pointwise(source.parallelism, target.parallelism);
    case 'rebalance':
    case 'broadcast':
    case 'global':
    case 'hash':
      return indices(source.parallelism).flatMap((up) => indices(target.parallelism).map((down): Pair => [up, down]));
    default:
      return unreachable(edge.partitioner);
  }
}

/**
 * Flink's pointwise distribution. Fewer upstream subtasks than downstream ones: each has a group of its own, the groups are
 * consecutive and as equal as can be. Otherwise each downstream subtask has a group of upstream ones.
 */
function pointwise(upstream: number, downstream: number): readonly Pair[] {
  if (upstream < downstream) {
    return indices(upstream).flatMap((up) =>
      range(Math.ceil((up * downstream) / upstream), Math.ceil(((up + 1) * downstream) / upstream)).map(
        (down): Pair => [up, down],
      ),
    );
  }
  return indices(downstream).flatMap((down) =>
    range(Math.floor((down * upstream) / downstream), Math.floor(((down + 1) * upstream) / downstream)).map(
      (up): Pair => [up, down],
    ),
  );
}

function indices(count: number): readonly number[] {
  return range(0, count);
}

function range(start: number, end: number): readonly number[] {
  return Array.from({ length: end - start }, (_, offset) => start + offset);
}
