/**
 * The hash by which threads find out that a definition is not deterministic. It covers everything of the job graph that is data;
 * functions are left out, because their text says nothing about what they close over.
 */
import type { ChainedOperator, JobEdge, JobGraph, JobVertex } from './job-graph.ts';
import { murmur3Hex } from './murmur3-128.ts';
import type { KeySpec, NodeRole, Partitioner } from './stream-graph.ts';

/** 32 hex digits. */
export function jobGraphHash(graph: Omit<JobGraph, 'hash'>): string {
  return murmur3Hex(
    JSON.stringify([
      graph.jobName,
      [...graph.configuration].toSorted(([a], [b]) => (a < b ? -1 : 1)),
      graph.vertices.map(vertexData),
      graph.edges.map(edgeData),
    ]),
  );
}

function vertexData(vertex: JobVertex): unknown {
  return [
    vertex.parallelism,
    vertex.maxParallelism,
    vertex.hasExplicitMaxParallelism,
    vertex.chain.map((operator) => operatorData(operator)),
  ];
}

function operatorData(operator: ChainedOperator): unknown {
  return [
    operator.operatorId,
    operator.uid,
    operator.hasUserUid,
    operator.name,
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
      return ['source', source.kind, source.boundedness, source.guarantee, source.version, source.identity(), time];
    }
    case 'operator':
      return ['operator', role.factory.kind, role.factory.states.map((state) => [state.name, state.kind])];
    case 'sink':
      return ['sink', role.sink.kind, role.sink.guarantee, role.sink.identity()];
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
