import { describe, expect, test } from 'vitest';
import { BY_KEY, KEY, StreamGraphFixture } from '../../test/support/stream-graph-fixture.ts';
import { buildJobGraph } from './build-job-graph.ts';
import type { JobGraph } from './job-graph.ts';
import { operatorIdOfUid } from './operator-id.ts';
import type { JobGraphDefaults } from './resolved-node.ts';

const DEFAULTS: JobGraphDefaults = { parallelism: 2, maxParallelism: undefined };

function build(fixture: StreamGraphFixture, defaults: Partial<JobGraphDefaults> = {}): JobGraph {
  return buildJobGraph(fixture.graph(), { ...DEFAULTS, ...defaults });
}

const namesOf = (graph: JobGraph): readonly string[] => graph.vertices.map((vertex) => vertex.name);
const partitionersOf = (graph: JobGraph): readonly string[] => graph.edges.map((edge) => edge.partitioner.kind);

describe('chaining', () => {
  test('fuses a source, operators and a sink of the same parallelism', () => {
    const fixture = new StreamGraphFixture();
    fixture.sink('out', [fixture.operator('Map', [fixture.operator('Filter', [fixture.source('in')])])]);
    expect(namesOf(build(fixture))).toEqual(['Source: in -> Filter -> Map -> Sink: out']);
  });

  test('ends at a keyed exchange, also at parallelism 1', () => {
    const fixture = new StreamGraphFixture();
    const keyed = fixture.operator('Reduce', [{ from: fixture.source('in'), partitioner: BY_KEY }], { keys: [KEY] });
    fixture.sink('out', [keyed]);
    const graph = build(fixture, { parallelism: 1 });
    expect(namesOf(graph)).toEqual(['Source: in', 'Reduce -> Sink: out']);
    expect(partitionersOf(graph)).toEqual(['hash']);
  });

  test('ends where the parallelism changes, and the exchange there is rebalance', () => {
    const fixture = new StreamGraphFixture();
    fixture.sink('out', [fixture.operator('Map', [fixture.source('in', { parallelism: 1 })])]);
    const graph = build(fixture);
    expect(namesOf(graph)).toEqual(['Source: in', 'Map -> Sink: out']);
    expect(partitionersOf(graph)).toEqual(['rebalance']);
    expect(graph.vertices.map((vertex) => vertex.parallelism)).toEqual([1, 2]);
  });

  test('ends at a union, whose inputs are forwarded', () => {
    const fixture = new StreamGraphFixture();
    const sources = [fixture.source('a'), fixture.source('b')];
    fixture.sink('out', [fixture.operator('Map', sources)]);
    const graph = build(fixture);
    expect(namesOf(graph)).toEqual(['Source: a', 'Source: b', 'Map -> Sink: out']);
    expect(partitionersOf(graph)).toEqual(['forward', 'forward']);
    expect(graph.vertices[2]?.inputs.map((edge) => edge.id)).toEqual([0, 1]);
  });

  test('lets one operator feed several of its chain, side outputs included', () => {
    const fixture = new StreamGraphFixture();
    const process = fixture.operator('Process', [fixture.source('in')]);
    fixture.sink('main', [process]);
    fixture.sink('late', [fixture.operator('Map', [{ from: process, sideTag: 'late' }])]);
    const [vertex] = build(fixture).vertices;
    expect(vertex?.name).toBe('Source: in -> Process -> (Sink: main, Map -> Sink: late)');
    expect(vertex?.chain.map((operator) => operator.next)).toEqual([
      [{ chainIndex: 1, sideTag: undefined }],
      [
        { chainIndex: 2, sideTag: undefined },
        { chainIndex: 3, sideTag: 'late' },
      ],
      [],
      [{ chainIndex: 4, sideTag: undefined }],
      [],
    ]);
  });

  test('starts with an operator of two inputs, whatever its exchanges, and goes on behind it', () => {
    const fixture = new StreamGraphFixture();
    const inputs = [{ from: fixture.source('in 1') }, { from: fixture.source('in 2'), inputIndex: 1 }];
    fixture.sink('out', [fixture.operator('Co-Map', inputs, { keys: [undefined, undefined] })]);
    const graph = build(fixture);
    expect(namesOf(graph)).toEqual(['Source: in 1', 'Source: in 2', 'Co-Map -> Sink: out']);
    expect(graph.vertices[2]?.inputs.map(({ inputIndex, partitioner }) => [inputIndex, partitioner.kind])).toEqual([
      [0, 'forward'],
      [1, 'forward'],
    ]);
  });

  test("does not start before a 'head', and neither before nor after a 'never'", () => {
    const fixture = new StreamGraphFixture();
    const head = fixture.operator('Head', [fixture.source('in')], { chaining: 'head' });
    const alone = fixture.operator('Alone', [fixture.operator('Map', [head])], { chaining: 'never' });
    fixture.sink('out', [alone]);
    const graph = build(fixture);
    expect(namesOf(graph)).toEqual(['Source: in', 'Head -> Map', 'Alone', 'Sink: out']);
    expect(partitionersOf(graph)).toEqual(['forward', 'forward', 'forward']);
  });

  test('can be switched off', () => {
    const fixture = new StreamGraphFixture();
    fixture.sink('out', [fixture.source('in')]);
    expect(namesOf(build(fixture, { isChainingEnabled: false }))).toEqual(['Source: in', 'Sink: out']);
  });

  test('leaves out an operator that asks for another max parallelism', () => {
    const fixture = new StreamGraphFixture();
    fixture.sink('out', [fixture.operator('Map', [fixture.source('in')], { maxParallelism: 4 })]);
    expect(build(fixture).vertices.map((vertex) => vertex.maxParallelism)).toEqual([128, 4]);
  });

  test('keeps an explicit partitioner between equal parallelism as an exchange', () => {
    const fixture = new StreamGraphFixture();
    fixture.sink('out', [{ from: fixture.source('in'), partitioner: { kind: 'rebalance' } }]);
    expect(partitionersOf(build(fixture))).toEqual(['rebalance']);
  });
});

describe('operators', () => {
  test("have Flink's id of their uid, and the vertex has that of its head", () => {
    const fixture = new StreamGraphFixture();
    fixture.sink('out', [fixture.source('in', { uid: 'flights' })], { uid: 'results' });
    const [vertex] = build(fixture).vertices;
    expect(vertex?.id).toBe(operatorIdOfUid('flights'));
    expect(vertex?.chain.map((operator) => [operator.operatorId, operator.hasUserUid])).toEqual([
      [operatorIdOfUid('flights'), true],
      [operatorIdOfUid('results'), true],
    ]);
  });

  test('without uid say so, and keep their id when the definition is evaluated again', () => {
    const fixture = new StreamGraphFixture();
    fixture.sink('out', [fixture.source('in')]);
    const chain = build(fixture).vertices[0]?.chain;
    expect(chain?.map(({ hasUserUid, uid }) => [hasUserUid, uid])).toEqual([
      [false, 'source#0'],
      [false, 'sink#1'],
    ]);
    expect(build(fixture).vertices[0]?.chain.map(({ operatorId }) => operatorId)).toEqual(
      chain?.map(({ operatorId }) => operatorId),
    );
  });

  test('have the max parallelism they ask for, that of the job, or one derived from their parallelism', () => {
    const fixture = new StreamGraphFixture();
    fixture.sink('out', [
      fixture.operator('wide', [fixture.source('in', { parallelism: 1, maxParallelism: 7 })], { parallelism: 100 }),
    ]);
    const maxOf = (graph: JobGraph): unknown =>
      graph.vertices.map((v) => [v.maxParallelism, v.hasExplicitMaxParallelism]);
    expect(maxOf(build(fixture))).toEqual([
      [7, true],
      [256, false],
      [128, false],
    ]);
    expect(maxOf(build(fixture, { maxParallelism: 512 }))).toEqual([
      [7, true],
      [512, true],
      [512, true],
    ]);
  });
});

describe('the hash', () => {
  const graphWith = (change: {
    name?: string;
    uid?: string;
    identity?: string;
    state?: string;
    parallelism?: number;
    hashId?: string;
    configuration?: string;
  }): string => {
    const fixture = new StreamGraphFixture();
    const source = fixture.source('in', { identity: [change.identity ?? 'a.csv'] });
    const key = { ...KEY, hashId: change.hashId };
    const keyed = fixture.operator(change.name ?? 'Reduce', [{ from: source, partitioner: { kind: 'hash', key } }], {
      uid: change.uid ?? 'reduce',
      keys: [key],
      states: [{ name: change.state ?? 'sum', kind: 'value' }],
      parallelism: change.parallelism ?? 2,
    });
    fixture.sink('out', [keyed]);
    const configuration = new Map([['execution.checkpointing.interval', change.configuration ?? '1 s']]);
    return buildJobGraph(fixture.graph(configuration), DEFAULTS).hash;
  };

  test('is equal for equal definitions and 32 hex digits', () => {
    expect(graphWith({})).toBe(graphWith({}));
    expect(graphWith({})).toMatch(/^[0-9a-f]{32}$/);
  });

  test('differs with every part that must be equal in all evaluations', () => {
    const hashes = [
      graphWith({}),
      graphWith({ name: 'Sum' }),
      graphWith({ uid: 'other' }),
      graphWith({ identity: 'b.csv' }),
      graphWith({ state: 'max' }),
      graphWith({ parallelism: 3 }),
      graphWith({ hashId: 'mine' }),
      graphWith({ configuration: '2 s' }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
