/**
 * Operators that had used up their input before the checkpoint. Flink's rules for the graph that is restored: a vertex that has
 * finished passes only the end of input on, so nothing before it may still have something to say.
 *
 *   fully finished      all predecessors fully finished
 *   partly finished     all-to-all predecessors fully finished, pointwise ones at least partly
 *   one vertex          its operators all fully finished, or none
 *
 * Operators that the checkpoint does not know go with the others of their vertex.
 */
import type { OperatorId } from '../../base/ids.ts';
import type { JobGraph, JobVertex } from '../../graph/job-graph.ts';
import type { OperatorMetadata } from '../metadata/checkpoint-metadata.ts';
import type { StateProblem } from './state-problem.ts';

type Progress = 'none' | 'partly' | 'fully';

export interface FinishedMatch {
  readonly vertices: ReadonlySet<OperatorId>;
  readonly problems: readonly StateProblem[];
}

export function matchFinished(jobGraph: JobGraph, matched: ReadonlyMap<OperatorId, OperatorMetadata>): FinishedMatch {
  const problems: StateProblem[] = [];
  const progressOf = new Map<OperatorId, Progress>();
  for (const vertex of jobGraph.vertices) progressOf.set(vertex.id, vertexProgress(vertex, matched, problems));
  for (const vertex of jobGraph.vertices) {
    const progress = progressOf.get(vertex.id) ?? 'none';
    for (const { sourceVertex, partitioner } of vertex.inputs) {
      const before = progressOf.get(sourceVertex) ?? 'none';
      const isPointwise = partitioner.kind === 'forward' || partitioner.kind === 'rescale';
      if (isAllowed(progress, before, isPointwise)) continue;
      const other = jobGraph.vertices.find(({ id }) => id === sourceVertex)?.name ?? sourceVertex;
      problems.push({
        code: 'STATE_INCOMPATIBLE',
        text: `'${vertex.name}' had ${progress} finished in the checkpoint, but '${other}' before it had not: the graph cannot be changed in this way any more`,
      });
    }
  }
  const fully = jobGraph.vertices.filter(({ id }) => progressOf.get(id) === 'fully');
  return { vertices: new Set(fully.map(({ id }) => id)), problems };
}

function isAllowed(progress: Progress, before: Progress, isPointwise: boolean): boolean {
  switch (progress) {
    case 'none':
      return true;
    case 'partly':
      return before === 'fully' || (isPointwise && before === 'partly');
    case 'fully':
      return before === 'fully';
  }
}

function vertexProgress(
  vertex: JobVertex,
  matched: ReadonlyMap<OperatorId, OperatorMetadata>,
  problems: StateProblem[],
): Progress {
  const known = vertex.chain
    .map(({ operatorId }) => matched.get(operatorId))
    .filter((operator) => operator !== undefined);
  const all = new Set(known.map(operatorProgress));
  if (all.size <= 1) return [...all][0] ?? 'none';
  if (all.has('fully')) {
    problems.push({
      code: 'STATE_INCOMPATIBLE',
      text: `'${vertex.name}' joins operators that had finished in the checkpoint with operators that had not`,
    });
  }
  return 'partly';
}

function operatorProgress({ subtasks }: OperatorMetadata): Progress {
  const finished = subtasks.filter(({ isFinished }) => isFinished).length;
  if (finished === subtasks.length) return 'fully';
  return finished === 0 ? 'none' : 'partly';
}
