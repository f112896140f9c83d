import { describe, expect, it } from 'vitest';
import { chain, checkpointMetadata, subtaskMetadata } from '../../../test/support/checkpoint-fixture.ts';
import { BY_KEY, KEY, StreamGraphFixture } from '../../../test/support/stream-graph-fixture.ts';
import { MillraceError } from '../../base/errors.ts';
import { subtaskKey } from '../../base/ids.ts';
import type { StateDescriptorInfo } from '../../base/state-handle.ts';
import { buildExecutionGraph } from '../../graph/build-execution-graph.ts';
import { buildJobGraph } from '../../graph/build-job-graph.ts';
import type { JobGraph } from '../../graph/job-graph.ts';
import type { KeySpec, Partitioner } from '../../graph/stream-graph.ts';
import { describeOperator } from '../coordinator/job-description.ts';
import type { CheckpointMetadata, SubtaskMetadata } from '../metadata/checkpoint-metadata.ts';
import { matchState } from './match-state.ts';
import type { MatchedJob } from './match-state.ts';
import { planRestore } from './plan-restore.ts';

interface JobOptions {
  readonly parallelism?: number;
  readonly maxParallelism?: number;
  readonly identity?: readonly string[];
  readonly states?: readonly StateDescriptorInfo[];
  readonly key?: KeySpec;
  /** Of the counting operator: the stream comes through each of them. Default 1. */
  readonly inputs?: 1 | 2;
  /** Of the counting operator; undefined: the operator has none. */
  readonly countUid?: string | undefined;
  readonly hasCount?: boolean;
  readonly hasFilter?: boolean;
  readonly toSink?: Partitioner;
  readonly sinkUid?: string;
}

const SEEN: StateDescriptorInfo = { name: 'seen', kind: 'value' };

/** flights → [filter] → count by key → results; count and sink run in chains of their own. */
function job(options: JobOptions = {}): JobGraph {
  const { parallelism = 2, states = [SEEN], key = KEY, hasCount = true, hasFilter = false } = options;
  const fixture = new StreamGraphFixture();
  const flights = fixture.source('flights', { uid: 'flights', identity: options.identity ?? ['/in'] });
  const filtered = hasFilter ? fixture.operator('filter', [flights], { kind: 'filter' }) : flights;
  const by: Partitioner = { kind: 'hash', key };
  const inputs = Array.from({ length: options.inputs ?? 1 }, (_, inputIndex) => ({
    from: filtered,
    partitioner: key === KEY ? BY_KEY : by,
    inputIndex,
  }));
  const uid = 'countUid' in options ? options.countUid : 'count';
  const counted = hasCount
    ? fixture.operator('count', inputs, {
        kind: 'process',
        keys: inputs.map(() => key),
        states,
        ...(uid === undefined ? {} : { uid }),
        ...(options.maxParallelism === undefined ? {} : { maxParallelism: options.maxParallelism }),
      })
    : filtered;
  fixture.sink('results', [{ from: counted, partitioner: options.toSink ?? { kind: 'rebalance' } }], {
    uid: options.sinkUid ?? 'results',
  });
  return buildJobGraph(fixture.graph(), { parallelism, maxParallelism: undefined });
}

type Fill = Readonly<Record<string, readonly Partial<SubtaskMetadata>[]>>;

const COUNTED: Fill = {
  count: [{ keyed: [chain(3, 'shared/a')] }, { keyed: [chain(70, 'shared/b')], watermarkMs: 9 }],
};

/** A checkpoint of a job; `fill` gives parts of subtasks by the operator's name. */
function checkpointOf(graph: JobGraph, fill: Fill = COUNTED): CheckpointMetadata {
  const operators = graph.vertices.flatMap((vertex) =>
    vertex.chain.map((chained) => {
      const described = describeOperator(vertex, chained);
      const parts = fill[chained.name] ?? [];
      const subtasks = Array.from({ length: vertex.parallelism }, (_, index) => subtaskMetadata(parts[index] ?? {}));
      const source =
        described.source === undefined ? undefined : { ...described.source, enumeratorState: Uint8Array.of(1) };
      return { ...described, source, subtasks };
    }),
  );
  return checkpointMetadata({ operators });
}

function match(graph: JobGraph, metadata: CheckpointMetadata, allowNonRestoredState = false): MatchedJob {
  return matchState(graph, metadata, { allowNonRestoredState });
}

function failure(graph: JobGraph, metadata: CheckpointMetadata, allowNonRestoredState = false): MillraceError {
  try {
    match(graph, metadata, allowNonRestoredState);
  } catch (error) {
    if (MillraceError.is(error)) return error;
    throw error;
  }
  throw new Error('It fits');
}

function vertexNamed(graph: JobGraph, name: string): JobGraph['vertices'][number] {
  const vertex = graph.vertices.find((candidate) => candidate.name.includes(name));
  if (vertex === undefined) throw new Error(`No vertex '${name}'`);
  return vertex;
}

describe('a job fits its checkpoint', () => {
  it('when it is the same', () => {
    const matched = match(job(), checkpointOf(job()));
    expect(matched.operators.size).toBe(3);
    expect(matched.dropped).toEqual([]);
    expect(matched.finishedVertices.size).toBe(0);
  });

  it('when stateless operators came or went, and at another parallelism', () => {
    match(job({ hasFilter: true, parallelism: 5 }), checkpointOf(job()));
    match(job(), checkpointOf(job({ hasFilter: true })));
    match(job({ sinkUid: 'other' }), checkpointOf(job()));
  });

  it('when a state was added', () => {
    match(job({ states: [SEEN, { name: 'new', kind: 'map' }] }), checkpointOf(job()));
  });

  it('when an operator that is gone had no state', () => {
    match(job({ hasCount: false }), checkpointOf(job(), {}));
  });
});

describe('a job does not fit its checkpoint', () => {
  it('when state has no operator any more', () => {
    const error = failure(job({ countUid: 'renamed' }), checkpointOf(job()));
    expect(error.code).toBe('STATE_INCOMPATIBLE');
    expect(error.message).toContain("all state of operator 'count' (uid 'count') ('seen') has no place in the job");
    expect(error.message).toContain('--allow-non-restored-state');
    const matched = match(job({ countUid: 'renamed' }), checkpointOf(job()), true);
    expect(matched.dropped).toEqual(["all state of operator 'count' (uid 'count') ('seen')"]);
  });

  it('when a state is not declared any more', () => {
    const error = failure(job({ states: [] }), checkpointOf(job()));
    expect(error.message).toContain("state 'seen' of operator 'count' (uid 'count') has no place in the job");
    expect(match(job({ states: [] }), checkpointOf(job()), true).dropped).toHaveLength(1);
  });

  it('when a state is of another kind, whatever is allowed', () => {
    const error = failure(job({ states: [{ name: 'seen', kind: 'list' }] }), checkpointOf(job()), true);
    expect(error.code).toBe('STATE_INCOMPATIBLE');
    expect(error.message).toContain(
      "state 'seen' of operator 'count' (uid 'count') was a value state and is now a list state",
    );
  });

  it('when keys are hashed in another way', () => {
    const key: KeySpec = { ...KEY, hash: () => 1, hashId: 'by-country' };
    expect(failure(job({ key }), checkpointOf(job())).message).toContain(
      "the key of operator 'count' (uid 'count') was hashed by the key's type and is now by 'by-country'",
    );
    match(job({ key }), checkpointOf(job(), {}));
  });

  it('but fits when an operator has got a second input, or lost one', () => {
    const one = job();
    const two = job({ inputs: 2 });
    expect(match(two, checkpointOf(one)).dropped).toEqual([]);
    expect(match(one, checkpointOf(two)).dropped).toEqual([]);
  });

  it('when a source reads something else', () => {
    const error = failure(job({ identity: ['/other'] }), checkpointOf(job()));
    expect(error.code).toBe('SOURCE_CHANGED');
    expect(error.message).toContain(
      "operator 'flights' (uid 'flights') read 'test-source /in' and now reads 'test-source /other'",
    );
  });

  it('when the form of its splits changed', () => {
    const metadata = checkpointOf(job());
    const operators = metadata.operators.map((operator) =>
      operator.source === undefined ? operator : { ...operator, source: { ...operator.source, splitVersion: 2 } },
    );
    expect(failure(job(), { ...metadata, operators }).message).toContain(
      'has splits of version 2, and its source reads version 1',
    );
  });

  it('when a source has become something else', () => {
    const metadata = checkpointOf(job());
    const operators = metadata.operators.map((operator) =>
      operator.name === 'count'
        ? { ...operator, source: { kind: 'x', identity: [], splitVersion: 1, enumeratorState: undefined } }
        : operator,
    );
    expect(failure(job(), { ...metadata, operators }).message).toContain('is no source any more');
  });

  it('and one error lists everything', () => {
    const changed = job({ identity: ['/other'], states: [{ name: 'seen', kind: 'map' }], maxParallelism: 64 });
    const error = failure(changed, checkpointOf(job()));
    expect(error.code).toBe('STATE_INCOMPATIBLE');
    expect(error.message.split('\n  - ')).toHaveLength(4);
    expect(error.message).toMatch(/^Restoring chk-3 of 'flights' failed, because the job does not fit its state:\n/);
  });
});

describe('max parallelism', () => {
  it('that was derived adopts that of the state', () => {
    const metadata = checkpointOf(job({ maxParallelism: 64 }));
    const graph = job({ parallelism: 2 });
    expect(match(graph, metadata).maxParallelism.get(vertexNamed(graph, 'count').id)).toBe(64);
  });

  it('that the user set must be that of the state', () => {
    const error = failure(job({ maxParallelism: 256 }), checkpointOf(job()));
    expect(error.code).toBe('STATE_INCOMPATIBLE');
    expect(error.message).toContain("has max parallelism 128, and 'count' has 256");
    match(job({ maxParallelism: 128 }), checkpointOf(job()));
  });

  it('of the state bounds the parallelism', () => {
    const error = failure(job({ parallelism: 65 }), checkpointOf(job({ maxParallelism: 64 })));
    expect(error.code).toBe('PARALLELISM_TOO_HIGH');
    expect(error.message).toContain("the parallelism 65 of 'count' is above the max parallelism 64 of its state");
  });

  it('means nothing to operators without keyed state', () => {
    const graph = job({ parallelism: 300 });
    match(
      graph,
      checkpointOf(job(), { flights: [{ lists: [{ name: 'splits', mode: 'split', elements: [Uint8Array.of(1)] }] }] }),
    );
  });
});

describe('operators that had finished', () => {
  const DONE = [{ isFinished: true }, { isFinished: true }];
  const HALF = [{ isFinished: true }, {}];

  it('make a finished vertex', () => {
    const graph = job();
    const matched = match(graph, checkpointOf(graph, { flights: DONE }));
    expect([...matched.finishedVertices]).toEqual([vertexNamed(graph, 'flights').id]);
    expect(match(graph, checkpointOf(graph, { flights: HALF })).finishedVertices.size).toBe(0);
  });

  it('cannot stand behind one that had not', () => {
    expect(failure(job(), checkpointOf(job(), { count: DONE })).message).toContain(
      "'count' had fully finished in the checkpoint, but 'Source: flights' before it had not",
    );
    expect(failure(job(), checkpointOf(job(), { flights: HALF, count: HALF })).message).toContain(
      'had partly finished',
    );
    match(job(), checkpointOf(job(), { flights: DONE, count: HALF }));
  });

  it('may be partly finished behind partly finished ones where each has its own predecessor', () => {
    const toSink: Partitioner = { kind: 'rescale' };
    const fill = { flights: DONE, count: HALF, results: HALF };
    match(job({ toSink }), checkpointOf(job({ toSink }), fill));
    expect(failure(job(), checkpointOf(job(), fill)).message).toContain("'Sink: results' had partly finished");
  });

  it('cannot be joined with ones that had not', () => {
    const metadata = checkpointOf(job({ hasFilter: true }), { flights: DONE });
    expect(failure(job({ hasFilter: true }), metadata).message).toContain('joins operators that had finished');
  });

  it('take new stateless operators of their vertex with them', () => {
    const graph = job({ hasFilter: true });
    expect(match(graph, checkpointOf(job(), { flights: DONE })).finishedVertices.size).toBe(1);
  });
});

describe('the restore plan', () => {
  it('deals state out to subtasks at another parallelism, and enumerators get theirs', () => {
    const graph = job({ parallelism: 3 });
    const metadata = checkpointOf(job());
    const plan = planRestore(buildExecutionGraph(graph), metadata, match(graph, metadata));
    const { id } = vertexNamed(graph, 'count');
    const groups = [0, 1, 2].map((subtaskIndex) =>
      plan.subtasks
        .get(subtaskKey({ vertexId: id, subtaskIndex }))
        ?.operators[0]?.keyed.map(({ keyGroup }) => keyGroup),
    );
    expect(groups).toEqual([[3], [70], []]);
    expect(plan.checkpoint).toEqual({ kind: 'checkpoint-completed', checkpointId: 3, fencingEpoch: 2 });
    expect([...plan.enumerators.values()]).toEqual([Uint8Array.of(1)]);
  });

  it('tells subtasks of a finished vertex so', () => {
    const graph = job();
    const metadata = checkpointOf(graph, { flights: [{ isFinished: true }, { isFinished: true }] });
    const plan = planRestore(buildExecutionGraph(graph), metadata, match(graph, metadata));
    expect([...plan.subtasks.values()].map(({ isFinished }) => isFinished)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
