/**
 * The hash by which threads find out that a definition is not deterministic. It covers everything of the job graph that is data;
 * functions are left out, because their text says nothing about what they close over.
 */
import type { ChainedOperator, JobEdge, JobGraph, JobVertex } from './job-graph.ts';
import { murmur3Hex } from './murmur3-128.ts';
import type { KeySpec, NodeRole, Partitioner } from './stream-graph.ts';

/** One thing that must be equal in all evaluations. */
interface GraphPart {
  /** For messages. */
  readonly name: string;
  readonly data: string;
}

/** 32 hex digits. */
export function jobGraphHash(graph: Omit<JobGraph, 'hash'>): string {
  return murmur3Hex(JSON.stringify(graphParts(graph).map(({ name, data }) => [name, data])));
}

/** The first thing that is not the same in both; undefined when their hashes are equal. */
export function graphDifference(before: JobGraph, after: JobGraph): string | undefined {
  const partsBefore = graphParts(before);
  const partsAfter = graphParts(after);
  for (let index = 0; index < Math.max(partsBefore.length, partsAfter.length); index++) {
    const a = partsBefore[index];
    const b = partsAfter[index];
    if (a === undefined || b === undefined) return a === undefined ? `${b?.name} was not there` : `${a.name} is gone`;
    if (a.name !== b.name) return `${a.name} has become ${b.name}`;
    if (a.data !== b.data) return `${a.name} has changed from ${a.data} to ${b.data}`;
  }
  return undefined;
}

function graphParts(graph: Omit<JobGraph, 'hash'>): readonly GraphPart[] {
  return [
    { name: `job '${graph.jobName}'`, data: '' },
    ...[...graph.configuration]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => ({ name: `option '${key}'`, data: `'${value}'` })),
    ...graph.vertices.flatMap(vertexParts),
    ...graph.edges.map((edge, index) => ({ name: `exchange ${index + 1}`, data: JSON.stringify(edgeData(edge)) })),
  ];
}

function vertexParts(vertex: JobVertex): readonly GraphPart[] {
  const { name, parallelism, maxParallelism, hasExplicitMaxParallelism } = vertex;
  return [
    ...vertex.chain.map((operator) => ({
      name: `${operator.role.kind} '${operator.name}'`,
      data: JSON.stringify(operatorData(operator)),
    })),
    {
      name: `parallelism of '${name}'`,
      data: JSON.stringify([parallelism, maxParallelism, hasExplicitMaxParallelism]),
    },
  ];
}

function operatorData(operator: ChainedOperator): unknown {
  return [
    operator.operatorId,
    operator.uid,
    operator.hasUserUid,
    roleData(operator.role),
    operator.keys.map((key) => (key === undefined ? null : keyData(key))),
    operator.next.map((next) => [next.chainIndex, next.sideTag ?? null]),
  ];
}

function roleData(role: NodeRole): unknown {
  switch (role.kind) {
    case 'source': {
      const { source, watermarks } = role;
      const time = [watermarks.idleTimeoutMs ?? null, watermarks.timestampAssigner !== undefined];
      return [source.kind, source.boundedness, source.guarantee, source.version, source.identity(), time];
    }
    case 'operator':
      return [role.factory.kind, role.factory.states.map((state) => [state.name, state.kind])];
    case 'sink':
      return [role.sink.kind, role.sink.guarantee, role.sink.identity()];
  }
}

function edgeData(edge: JobEdge): unknown {
  return [
    edge.sourceVertex,
    edge.sourceChainIndex,
    edge.sideTag ?? null,
    edge.targetVertex,
    edge.inputIndex,
    partitionerData(edge.partitioner),
  ];
}

function partitionerData(partitioner: Partitioner): unknown {
  return partitioner.kind === 'hash' ? ['hash', ...keyData(partitioner.key)] : [partitioner.kind];
}

function keyData(key: KeySpec): readonly [string | null, boolean] {
  return [key.hashId ?? null, key.hash !== undefined];
}
