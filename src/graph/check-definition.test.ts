import { describe, expect, test } from 'vitest';
import { KEY, StreamGraphFixture } from '../../test/support/stream-graph-fixture.ts';
import { buildJobGraph } from './build-job-graph.ts';
import type { JobGraphDefaults } from './resolved-node.ts';
import type { KeySpec } from './stream-graph.ts';

const DEFAULTS: JobGraphDefaults = { parallelism: 2, maxParallelism: undefined };

function failureOf(
  fixture: StreamGraphFixture,
  defaults: JobGraphDefaults = DEFAULTS,
): { code: string; message: string } {
  try {
    buildJobGraph(fixture.graph(), defaults);
  } catch (error) {
    return error as { code: string; message: string }; // read by the assertions below
  }
  throw new Error('The definition was accepted');
}

describe('a definition', () => {
  test('without source and sink is refused with both problems', () => {
    const failure = failureOf(new StreamGraphFixture());
    expect(failure).toMatchObject({ code: 'JOB_DEFINITION_INVALID', context: { jobName: 'test' } });
    expect(failure.message).toMatch(/the job has no source[^]*the job has no sink/);
  });

  test('in which a uid occurs twice is refused with the operators that share it', () => {
    const fixture = new StreamGraphFixture();
    const source = fixture.source('numbers', { uid: 'x' });
    fixture.sink('out', [fixture.operator('double', [source], { uid: 'x' })]);
    const failure = failureOf(fixture);
    expect(failure.code).toBe('DUPLICATE_UID');
    expect(failure.message).toContain("uid 'x' is used by 2 operators: source 'numbers', operator 'double'");
  });

  test('with a parallelism above the max parallelism is refused', () => {
    const fixture = new StreamGraphFixture();
    fixture.sink('out', [fixture.source('numbers', { parallelism: 4, maxParallelism: 3 })]);
    const failure = failureOf(fixture);
    expect(failure.code).toBe('PARALLELISM_TOO_HIGH');
    expect(failure.message).toContain("source 'numbers' has parallelism 4 above its max parallelism 3");
  });

  test('with problems of several codes is refused with all of them in one error', () => {
    const fixture = new StreamGraphFixture();
    const source = fixture.source('numbers', { uid: 'x', parallelism: 4, maxParallelism: 3 });
    fixture.source('forgotten');
    fixture.operator('double', [source], { uid: 'x' });
    const failure = failureOf(fixture);
    expect(failure.code).toBe('JOB_DEFINITION_INVALID');
    for (const part of ['has no sink', "uid 'x'", 'above its max parallelism', "nothing reads source 'forgotten'"]) {
      expect(failure.message).toContain(part);
    }
  });

  test('with forward between different parallelism is refused (golden partition-forward-2-3)', () => {
    const fixture = new StreamGraphFixture();
    const source = fixture.source('src', { parallelism: 2 });
    const map = fixture.operator('Map', [{ from: source, partitioner: { kind: 'forward' } }], { parallelism: 3 });
    fixture.sink('out', [map]);
    expect(failureOf(fixture).message).toContain(
      "forward from source 'src' with parallelism 2 to operator 'Map' with parallelism 3 is not possible",
    );
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('with parallelism %d is refused', (parallelism) => {
    const fixture = new StreamGraphFixture();
    fixture.sink('out', [fixture.source('numbers', { parallelism })]);
    expect(failureOf(fixture).message).toContain(`has parallelism ${parallelism}: it must be an integer`);
  });

  test.each([0, 32_769, 1.5])('with max parallelism %d is refused', (maxParallelism) => {
    const fixture = new StreamGraphFixture();
    fixture.sink('out', [fixture.source('numbers', { parallelism: 1, maxParallelism })]);
    expect(failureOf(fixture).message).toContain(
      `has max parallelism ${maxParallelism}: it must be an integer from 1 to 32768`,
    );
  });

  test.each([
    [
      'keyed state without a key',
      { states: [{ name: 'seen', kind: 'value' }] },
      'declares keyed state, but its input has no key',
    ],
    [
      'a state declared twice',
      {
        states: [
          { name: 's', kind: 'value' },
          { name: 's', kind: 'map' },
        ],
      },
      "declares state 's' twice",
    ],
    ['a state without a name', { states: [{ name: '', kind: 'value' }] }, 'declares a state without a name'],
    ['a key without a hash exchange', { keys: [KEY] }, "works by key, but its input is partitioned by 'forward'"],
    ['an empty uid', { uid: '' }, 'has an empty uid'],
  ] as const)('with %s is refused', (_, options, message) => {
    const fixture = new StreamGraphFixture();
    fixture.sink('out', [fixture.operator('op', [fixture.source('numbers')], options)]);
    expect(failureOf(fixture).message).toContain(message);
  });

  test('with inputs whose keys are hashed differently is refused', () => {
    const fixture = new StreamGraphFixture();
    const byLength: KeySpec = { ...KEY, hash: () => 1, hashId: 'length' };
    const inputs = [KEY, byLength].map((key, inputIndex) => ({
      from: fixture.source(`numbers ${inputIndex}`),
      partitioner: { kind: 'hash', key } as const,
      inputIndex,
    }));
    fixture.sink('out', [fixture.operator('both', inputs, { keys: [KEY, byLength] })]);
    expect(failureOf(fixture).message).toContain(
      "operator 'both' has inputs whose keys are hashed differently, by the default and 'length'",
    );
  });

  test('in which something follows a sink is refused', () => {
    const fixture = new StreamGraphFixture();
    fixture.operator('op', [fixture.sink('out', [fixture.source('numbers')])]);
    expect(failureOf(fixture).message).toContain("takes its input from sink 'out', which emits nothing");
  });

  test('without uids is refused when they may not be generated', () => {
    const fixture = new StreamGraphFixture();
    fixture.sink('out', [fixture.source('numbers', { uid: 'numbers' })]);
    const failure = failureOf(fixture, { ...DEFAULTS, isAutoUidAllowed: false });
    expect(failure.message).toContain("sink 'out' has no uid");
    expect(failure.message).not.toContain('numbers');
  });
});
