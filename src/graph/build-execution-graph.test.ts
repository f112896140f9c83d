import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BY_KEY, KEY, StreamGraphFixture } from '../../test/support/stream-graph-fixture.ts';
import { buildExecutionGraph } from './build-execution-graph.ts';
import { buildJobGraph } from './build-job-graph.ts';
import type { ExecutionGraph } from './execution-graph.ts';
import type { Partitioner } from './stream-graph.ts';

interface Shape {
  readonly up: number;
  readonly down: number;
  readonly partitioner: Partitioner | undefined;
}

function executionGraph({ up, down, partitioner }: Shape): ExecutionGraph {
  const fixture = new StreamGraphFixture();
  const source = fixture.source('src', { parallelism: up });
  const input = { from: source, ...(partitioner === undefined ? {} : { partitioner }) };
  const keys = partitioner?.kind === 'hash' ? [KEY] : [undefined];
  fixture.sink('out', [fixture.operator('Map', [input], { parallelism: down, keys, chaining: 'head' })], {
    parallelism: down,
  });
  return buildExecutionGraph(buildJobGraph(fixture.graph(), { parallelism: 1, maxParallelism: undefined }));
}

const pairsOf = (graph: ExecutionGraph): string[] =>
  graph.channels.map((channel) => `${channel.upstreamSubtask}→${channel.downstreamSubtask}`);

/** Which pairs of subtasks records took in Flink: source subtask i emits v = i * 100 + n. */
function goldenPairs(name: string): string[] {
  const url = new URL(`../../test/golden/cases/${name}/output.jsonl`, import.meta.url);
  const rows = readFileSync(url, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { v: number; to: number });
  return [...new Set(rows.map((row) => `${Math.floor(row.v / 100)}→${row.to}`))].toSorted();
}

describe('channels', () => {
  test.each([
    ['partition-forward-2-2', { up: 2, down: 2, partitioner: { kind: 'forward' } }],
    ['partition-rescale-2-4', { up: 2, down: 4, partitioner: { kind: 'rescale' } }],
    ['partition-rescale-3-2', { up: 3, down: 2, partitioner: { kind: 'rescale' } }],
    ['partition-broadcast-2-3', { up: 2, down: 3, partitioner: { kind: 'broadcast' } }],
  ] as const)('join the subtasks between which records go in Flink: %s', (name, shape) => {
    expect(pairsOf(executionGraph(shape)).toSorted()).toEqual(goldenPairs(name));
  });

  test.each(['rebalance', 'global', 'broadcast'] as const)('of %s join all with all', (kind) => {
    expect(pairsOf(executionGraph({ up: 2, down: 3, partitioner: { kind } }))).toEqual([
      '0→0',
      '0→1',
      '0→2',
      '1→0',
      '1→1',
      '1→2',
    ]);
  });

  test('of global have a way to the one subtask that gets the records (golden partition-global-2-3)', () => {
    const pairs = pairsOf(executionGraph({ up: 2, down: 3, partitioner: { kind: 'global' } }));
    expect(pairs).toEqual(expect.arrayContaining(goldenPairs('partition-global-2-3')));
  });

  test('of a keyed exchange join all with all', () => {
    expect(pairsOf(executionGraph({ up: 1, down: 2, partitioner: BY_KEY }))).toEqual(['0→0', '0→1']);
  });

  test('without a partitioner are those of rebalance when the parallelism differs (golden partition-rebalance-default-2-3)', () => {
    const graph = executionGraph({ up: 2, down: 3, partitioner: undefined });
    expect(graph.channels.every((channel) => channel.edge.partitioner.kind === 'rebalance')).toBe(true);
    expect(graph.channels).toHaveLength(6);
  });

  test.each([
    [2, 3, ['0→0', '0→1', '1→2']],
    [5, 2, ['0→0', '1→0', '2→1', '3→1', '4→1']],
    [1, 3, ['0→0', '0→1', '0→2']],
  ])('of rescale from %i to %i leave nobody out', (up, down, pairs) => {
    expect(pairsOf(executionGraph({ up, down, partitioner: { kind: 'rescale' } }))).toEqual(pairs);
  });

  test('are numbered without gaps over all exchanges', () => {
    const fixture = new StreamGraphFixture();
    const sources = [fixture.source('a', { parallelism: 1 }), fixture.source('b', { parallelism: 3 })];
    fixture.sink('out', sources, { parallelism: 2 });
    const graph = buildExecutionGraph(buildJobGraph(fixture.graph(), { parallelism: 1, maxParallelism: undefined }));
    expect(graph.channels.map((channel) => channel.index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

test('subtasks are listed vertex by vertex in topological order', () => {
  const graph = executionGraph({ up: 1, down: 2, partitioner: undefined });
  const [source, sink] = graph.jobGraph.vertices;
  expect(graph.subtasks).toEqual([
    { vertexId: source?.id, subtaskIndex: 0 },
    { vertexId: sink?.id, subtaskIndex: 0 },
    { vertexId: sink?.id, subtaskIndex: 1 },
  ]);
});
