/**
 * Deals a checkpoint out to the subtasks of a job that it fits (match-state.ts): operator by operator, at whatever parallelism
 * the job has now. A subtask of a vertex that had used up its input is told so: it only passes the end of input on.
 */
import { must } from '../../base/assert.ts';
import type { CheckpointCompleted } from '../../base/commit-permit.ts';
import { subtaskKey } from '../../base/ids.ts';
import type { OperatorId, SubtaskAddress } from '../../base/ids.ts';
import type { OperatorSubtaskState, SubtaskRestore } from '../../base/state-handle.ts';
import type { ExecutionGraph } from '../../graph/execution-graph.ts';
import type { JobVertex } from '../../graph/job-graph.ts';
import { redistributeOperatorState } from '../../state/redistribute.ts';
import type { CheckpointMetadata, OperatorMetadata } from '../metadata/checkpoint-metadata.ts';
import type { MatchedJob } from './match-state.ts';

export interface RestorePlan {
  /** Sinks commit what it covers before the first record. */
  readonly checkpoint: CheckpointCompleted;
  /** By subtask key. */
  readonly subtasks: ReadonlyMap<string, SubtaskRestore>;
  /** By source. */
  readonly enumerators: ReadonlyMap<OperatorId, Uint8Array>;
}

export function planRestore(graph: ExecutionGraph, metadata: CheckpointMetadata, matched: MatchedJob): RestorePlan {
  const vertices = new Map(graph.jobGraph.vertices.map((vertex) => [vertex.id, vertex]));
  const subtasks = new Map(
    graph.subtasks.map((address): [string, SubtaskRestore] => {
      const vertex = must(vertices.get(address.vertexId), 'vertex of the subtask');
      return [subtaskKey(address), restoreOf(address, vertex, metadata, matched)];
    }),
  );
  return {
    checkpoint: {
      kind: 'checkpoint-completed',
      checkpointId: metadata.checkpointId,
      fencingEpoch: metadata.fencingEpoch,
    },
    subtasks,
    enumerators: enumeratorStates(matched),
  };
}

function restoreOf(
  address: SubtaskAddress,
  vertex: JobVertex,
  metadata: CheckpointMetadata,
  matched: MatchedJob,
): SubtaskRestore {
  const operators = vertex.chain.flatMap(({ operatorId }): OperatorSubtaskState[] => {
    const stored = matched.operators.get(operatorId);
    if (stored === undefined) return [];
    const { parallelism, maxParallelism } = vertex;
    return [redistributeOperatorState(subtaskStates(stored), parallelism, maxParallelism, address.subtaskIndex)];
  });
  return { checkpointId: metadata.checkpointId, isFinished: matched.finishedVertices.has(vertex.id), operators };
}

function subtaskStates(stored: OperatorMetadata): readonly OperatorSubtaskState[] {
  const { operatorId, states } = stored;
  return stored.subtasks.map(({ keyed, lists, watermarkMs }) => ({ operatorId, states, keyed, lists, watermarkMs }));
}

function enumeratorStates(matched: MatchedJob): ReadonlyMap<OperatorId, Uint8Array> {
  const states = new Map<OperatorId, Uint8Array>();
  for (const [operatorId, { source }] of matched.operators) {
    if (source?.enumeratorState !== undefined) states.set(operatorId, source.enumeratorState);
  }
  return states;
}
