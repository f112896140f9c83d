import { expect, test } from 'vitest';
import { BY_KEY, KEY, StreamGraphFixture } from '../../test/support/stream-graph-fixture.ts';
import { buildJobGraph } from './build-job-graph.ts';
import { describeGuarantees, describeJobGraph } from './describe.ts';
import type { JobGraph } from './job-graph.ts';
import { planWarnings } from './plan-warnings.ts';

const build = (fixture: StreamGraphFixture): JobGraph =>
  buildJobGraph(fixture.graph(), { parallelism: 2, maxParallelism: undefined });

function keyedJob(): StreamGraphFixture {
  const fixture = new StreamGraphFixture();
  const source = fixture.source('flights', { uid: 'flights' });
  const keyed = fixture.operator('mean-delay', [{ from: source, partitioner: BY_KEY }], {
    keys: [KEY],
    isStateful: true,
  });
  fixture.sink('results', [keyed], { uid: 'results' });
  fixture.sink('late', [{ from: keyed, sideTag: 'late', partitioner: { kind: 'rebalance' } }], {
    parallelism: 1,
    guarantee: 'at-least-once',
  });
  return fixture;
}

test('a plan names vertices, exchanges and what is guaranteed from source to sink', () => {
  expect(describeJobGraph(build(keyedJob()), 'EXACTLY_ONCE')).toBe(
    [
      "job 'test'",
      '  [1] Source: flights, parallelism 2',
      '  [2] mean-delay -> Sink: results, parallelism 2, max parallelism 128; by key from [1]',
      "  [3] Sink: late, parallelism 1; rebalance from [2] side output 'late'",
      'source → sink',
      '  flights (test-source, exactly-once) → results (test-sink, exactly-once): exactly-once',
      '  flights (test-source, exactly-once) → late (test-sink, at-least-once): at-least-once (the sink is at-least-once)',
    ].join('\n'),
  );
});

test('a plan says which input of an operator an exchange leads to, where there are several', () => {
  const fixture = new StreamGraphFixture();
  const inputs = [fixture.source('orders'), fixture.source('payments')].map((from, inputIndex) => ({
    from,
    partitioner: BY_KEY,
    inputIndex,
  }));
  fixture.sink('out', [fixture.operator('settle', inputs, { keys: [KEY, KEY] })]);
  expect(describeJobGraph(build(fixture), 'EXACTLY_ONCE')).toContain(
    '[3] settle -> Sink: out, parallelism 2, max parallelism 128; input 1 by key from [1], input 2 by key from [2]\n',
  );
});

test('a guarantee is the weakest of source, checkpoint mode and sink, and says why', () => {
  const fixture = new StreamGraphFixture();
  fixture.sink('out', [fixture.source('clicks', { guarantee: 'none' })]);
  const graph = build(fixture);
  const row = 'clicks (test-source, none) → out (test-sink, exactly-once): none';
  expect(describeGuarantees(graph, 'EXACTLY_ONCE')).toEqual([`${row} (the source gives no guarantee)`]);
  expect(describeGuarantees(graph, undefined)).toEqual([
    `${row} (the job takes no checkpoints, the source gives no guarantee)`,
  ]);
});

test('a guarantee is at-least-once in that checkpoint mode', () => {
  const fixture = new StreamGraphFixture();
  fixture.sink('out', [fixture.source('in')]);
  expect(describeGuarantees(build(fixture), 'AT_LEAST_ONCE')[0]).toMatch(
    /: at-least-once \(the checkpoint mode is AT_LEAST_ONCE\)$/,
  );
});

test('sources are joined only with the sinks that their records can reach', () => {
  const fixture = new StreamGraphFixture();
  const [a, b] = [fixture.source('a'), fixture.source('b')];
  fixture.sink('of a', [a]);
  fixture.sink('of both', [a, b]);
  expect(
    describeGuarantees(build(fixture), 'EXACTLY_ONCE').map((line) => line.replaceAll(/ \(.*?\)|:.*/g, '')),
  ).toEqual(['a → of a', 'a → of both', 'b → of both']);
});

test('warnings name what keeps state without a uid and results that nobody takes', () => {
  const fixture = keyedJob();
  fixture.operator('Map', [0]);
  expect(planWarnings(build(fixture))).toEqual([
    "nothing takes the results of 'Map'",
    expect.stringMatching(/^'mean-delay' keeps state but has no uid/),
  ]);
});
