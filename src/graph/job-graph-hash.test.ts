import { describe, expect, it } from 'vitest';
import { BY_KEY, KEY, StreamGraphFixture } from '../../test/support/stream-graph-fixture.ts';
import { buildJobGraph } from './build-job-graph.ts';
import type { JobGraph } from './job-graph.ts';
import { graphDifference } from './job-graph-hash.ts';

interface Edit {
  readonly name?: string;
  readonly uid?: string;
  readonly kind?: string;
  readonly parallelism?: number;
  readonly more?: boolean;
  readonly hash?: boolean;
  readonly configuration?: ReadonlyMap<string, string>;
}

function graph(edit: Edit = {}): JobGraph {
  const fixture = new StreamGraphFixture();
  const { name = 'count', uid = 'count', kind = 'process', parallelism = 2 } = edit;
  const key = edit.hash === true ? { ...KEY, hash: () => 0, hashId: 'zero' } : KEY;
  const partitioner = edit.hash === true ? ({ kind: 'hash', key } as const) : BY_KEY;
  const source = fixture.source('in', { uid: 'in' });
  const counted = fixture.operator(name, [{ from: source, partitioner }], { uid, kind, parallelism, keys: [key] });
  fixture.sink('out', [counted], { uid: 'out' });
  if (edit.more === true) fixture.sink('more', [source], { uid: 'more' });
  return buildJobGraph(fixture.graph(edit.configuration), { parallelism: 2, maxParallelism: undefined });
}

const EDITS: readonly (readonly [Edit, string])[] = [
  [{ name: 'sum' }, "operator 'count' has become operator 'sum'"],
  [{ uid: 'sum' }, "operator 'count' has changed from "],
  [{ kind: 'reduce' }, "operator 'count' has changed from "],
  [{ parallelism: 3 }, "operator 'count' has changed from "],
  [{ more: true }, "source 'in' has changed from "],
  [{ hash: true }, "operator 'count' has changed from "],
  [{ configuration: new Map([['a', '1']]) }, "option 'a'"],
];

describe('the hash of a job graph', () => {
  it('is the same for the same definition', () => {
    expect(graph().hash).toBe(graph().hash);
    expect(graphDifference(graph(), graph())).toBeUndefined();
  });

  it.each(EDITS)('is another one for %j, and the difference is named', (edit, text) => {
    const [before, after] = [graph(), graph(edit)];
    expect(after.hash).not.toBe(before.hash);
    expect(graphDifference(before, after)).toContain(text);
    expect(graphDifference(after, before)).not.toBeUndefined();
  });
});
