/**
 * Subtasks and channels of a job graph: which upstream subtask is joined with which downstream subtask. A pure function of the
 * job graph, so that main thread and slots compute the same one.
 */
import type { JobEdge, JobGraph } from './job-graph.ts';
import type { SubtaskAddress } from '../base/ids.ts';

/** `index` is the same in every thread: rings are handed over by it. */
export interface ChannelSpec {
  readonly index: number;
  readonly edge: JobEdge;
  readonly upstreamSubtask: number;
  readonly downstreamSubtask: number;
}

export interface ExecutionGraph {
  readonly jobGraph: JobGraph;
  readonly subtasks: readonly SubtaskAddress[];
  readonly channels: readonly ChannelSpec[];
}
