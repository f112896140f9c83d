import type { ChainedOperator, JobGraph, JobVertex } from './job-graph.ts';
import { displayName } from './vertex-name.ts';

/** What is allowed but probably not meant; one line each. */
export function planWarnings(jobGraph: JobGraph): readonly string[] {
  return jobGraph.vertices.flatMap((vertex) =>
    vertex.chain.flatMap((operator, chainIndex) => [
      ...missingUid(operator),
      ...resultsNotUsed(vertex, operator, chainIndex),
    ]),
  );
}

function missingUid(operator: ChainedOperator): readonly string[] {
  if (operator.hasUserUid || !keepsState(operator)) return [];
  return [
    `'${displayName(operator)}' keeps state but has no uid: after an edit of the job its state may not be found again; add .uid(...)`,
  ];
}

/** What has something in a checkpoint: splits of sources and committables of sinks count as well. */
function keepsState({ role }: ChainedOperator): boolean {
  switch (role.kind) {
    case 'source':
      return role.source.guarantee !== 'none';
    case 'operator':
      return role.factory.isStateful;
    case 'sink':
      return role.sink.guarantee === 'exactly-once';
  }
}

function resultsNotUsed(vertex: JobVertex, operator: ChainedOperator, chainIndex: number): readonly string[] {
  const isUsed = operator.next.length > 0 || vertex.outputs.some((edge) => edge.sourceChainIndex === chainIndex);
  if (isUsed || operator.role.kind === 'sink') return [];
  return [`nothing takes the results of '${displayName(operator)}'`];
}
