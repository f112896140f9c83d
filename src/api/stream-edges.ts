import type { KeySpec, Partitioner, StreamEdge } from '../graph/stream-graph.ts';

/** A stream is the edges that will lead from it to whatever comes next: one, or several after a union. */
export type StreamEdges = readonly StreamEdge[];

export function partitionedEdges(edges: StreamEdges, partitioner: Partitioner): StreamEdges {
  return edges.map((edge) => ({ ...edge, partitioner }));
}

/** Two streams as the two inputs of one operator. */
export function edgesOfTwoInputs(first: StreamEdges, second: StreamEdges): StreamEdges {
  return [...first, ...second.map((edge) => ({ ...edge, inputIndex: 1 }))];
}

/** Each input by its own key. */
export function keyedEdges(edges: StreamEdges, [key1, key2]: readonly [KeySpec, KeySpec]): StreamEdges {
  return edges.map((edge) => ({
    ...edge,
    partitioner: { kind: 'hash', key: edge.inputIndex === 0 ? key1 : key2 },
  }));
}
