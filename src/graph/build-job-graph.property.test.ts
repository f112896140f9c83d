/**
 * Over random graphs: nothing of the stream graph gets lost or doubled on its way into job graph and execution graph. Nodes take
 * one or two inputs from any node before them, with and without partitioner and side output, at parallelism 1 to 3.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StreamGraphFixture } from '../../test/support/stream-graph-fixture.ts';
import { buildExecutionGraph } from './build-execution-graph.ts';
import { buildJobGraph } from './build-job-graph.ts';
import type { JobGraph } from './job-graph.ts';
import type { ChainingStrategy, StreamGraph } from './stream-graph.ts';

const node = fc.record({
  inputs: fc.array(
    fc.record({
      from: fc.nat(),
      partitioner: fc.constantFrom(undefined, 'rebalance', 'rescale', 'broadcast', 'global'),
      sideTag: fc.option(fc.constant('side'), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  parallelism: fc.integer({ min: 1, max: 3 }),
  chaining: fc.constantFrom<ChainingStrategy[]>('always', 'always', 'head', 'never'),
});

const graphs = fc.array(node, { maxLength: 8 }).map((nodes) => {
  const fixture = new StreamGraphFixture();
  fixture.source('source');
  for (const [index, { inputs, parallelism, chaining }] of nodes.entries()) {
    const edges = inputs.map(({ from, partitioner, sideTag }) => ({
      from: from % (index + 1),
      ...(partitioner === undefined ? {} : { partitioner: { kind: partitioner } }),
      ...(sideTag === undefined ? {} : { sideTag }),
    }));
    fixture.operator(`operator ${index + 1}`, edges, { parallelism, chaining });
  }
  fixture.sink('sink', [nodes.length]);
  return fixture.graph();
});

const build = (graph: StreamGraph): JobGraph => buildJobGraph(graph, { parallelism: 2, maxParallelism: undefined });

/** 'source>operator 1:side' for each edge, sorted. */
function edgesOf(graph: StreamGraph): string[] {
  return graph.nodes
    .flatMap((target) =>
      target.inputs.map((edge) => edgeText(graph.nodes[edge.sourceId]?.name, target.name, edge.sideTag)),
    )
    .toSorted();
}

function edgesOfJob(graph: JobGraph): string[] {
  const inChains = graph.vertices.flatMap((vertex) =>
    vertex.chain.flatMap((operator) =>
      operator.next.map((next) => edgeText(operator.name, vertex.chain[next.chainIndex]?.name, next.sideTag)),
    ),
  );
  const between = graph.edges.map((edge) => {
    const source = graph.vertices.find((vertex) => vertex.id === edge.sourceVertex);
    const target = graph.vertices.find((vertex) => vertex.id === edge.targetVertex);
    return edgeText(source?.chain[edge.sourceChainIndex]?.name, target?.chain[0]?.name, edge.sideTag);
  });
  return [...inChains, ...between].toSorted();
}

function edgeText(source: string | undefined, target: string | undefined, sideTag: string | undefined): string {
  return `${source}>${target}:${sideTag}`;
}

test('each operator is in one chain, each edge in a chain or an exchange', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const jobGraph = build(graph);
      const operators = jobGraph.vertices.flatMap((vertex) => vertex.chain.map((operator) => operator.name));
      expect(operators.toSorted()).toEqual(graph.nodes.map(({ name }) => name).toSorted());
      expect(edgesOfJob(jobGraph)).toEqual(edgesOf(graph));
    }),
  );
});

test('vertices come after what feeds them, and operators of a chain after what calls them', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { vertices, edges } = build(graph);
      const position = new Map(vertices.map((vertex, index) => [vertex.id, index]));
      for (const edge of edges) {
        expect(position.get(edge.sourceVertex)).toBeLessThan(position.get(edge.targetVertex) ?? -1);
      }
      for (const { chain } of vertices) {
        for (const [index, { next }] of chain.entries()) {
          expect(next.every(({ chainIndex }) => chainIndex > index)).toBe(true);
        }
      }
    }),
  );
});

test('operators of a chain have one parallelism, and none of them refuses its place', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const nodes = new Map(graph.nodes.map((each) => [each.name, each]));
      for (const { chain, parallelism } of build(graph).vertices) {
        for (const [index, { name }] of chain.entries()) {
          expect(nodes.get(name)?.parallelism ?? 2).toBe(parallelism);
          if (index > 0) expect(nodes.get(name)?.chaining).toBe('always');
          if (chain.length > 1) expect(nodes.get(name)?.chaining).not.toBe('never');
        }
      }
    }),
  );
});

test('every subtask has a channel on each of its exchanges, and no pair has two', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { channels, jobGraph } = buildExecutionGraph(build(graph));
      for (const edge of jobGraph.edges) {
        const own = channels.filter((channel) => channel.edge === edge);
        const parallelismOf = (id: string): number | undefined =>
          jobGraph.vertices.find((v) => v.id === id)?.parallelism;
        expect(new Set(own.map((channel) => channel.upstreamSubtask)).size).toBe(parallelismOf(edge.sourceVertex));
        expect(new Set(own.map((channel) => channel.downstreamSubtask)).size).toBe(parallelismOf(edge.targetVertex));
        expect(new Set(own.map((c) => `${c.upstreamSubtask}-${c.downstreamSubtask}`)).size).toBe(own.length);
      }
    }),
  );
});
