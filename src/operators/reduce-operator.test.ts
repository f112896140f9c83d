import { describe, expect, test } from 'vitest';
import { keyBy, OperatorHarness } from '../../test/support/operator-harness.ts';
import type { HarnessOptions } from '../../test/support/operator-harness.ts';
import type { KeySpec } from '../graph/stream-graph.ts';
import type { ReduceFunction } from './functions/reduce-function.ts';
import { reduceOperator } from './reduce-operator.ts';
import { rollingAggregationOperator } from './rolling-aggregation-operator.ts';

interface Reading {
  readonly id: string;
  readonly seen: number[];
}

const byId = keyBy((reading: Reading) => reading.id);
const append: ReduceFunction<Reading> = (accumulated, { seen }) => {
  accumulated.seen.push(...seen);
  return accumulated;
};

function reducing(fn: ReduceFunction<Reading>, options: Partial<HarnessOptions> = {}): OperatorHarness {
  return new OperatorHarness({ makeOperator: () => reduceOperator(fn, byId), key: byId, ...options });
}

describe('what a rolling reduce emits', () => {
  test('does not change when the function later changes its accumulated value in place', () => {
    const harness = reducing(append);

    for (const n of [1, 2, 3]) harness.element({ id: 'a', seen: [n] });

    expect(harness.takeValues()).toEqual([
      { id: 'a', seen: [1] },
      { id: 'a', seen: [1, 2] },
      { id: 'a', seen: [1, 2, 3] },
    ]);
  });

  test('is never a record that was given in before and accumulates in the state', () => {
    const harness = reducing(append, { checkMutation: false });
    const first: Reading = { id: 'a', seen: [1] };

    harness.element(first);
    harness.element({ id: 'a', seen: [2] });

    expect(first.seen).toEqual([1]);
  });

  test('is never a record that was given in before, however flat the records are', () => {
    const first = { id: 'a', n: 1 };
    const count = keyBy((value: { id: string }) => value.id);
    const harness = new OperatorHarness({
      makeOperator: () => rollingAggregationOperator({ kind: 'sum', field: 'n' }, count),
      key: count,
      checkMutation: false,
    });

    harness.element(first);
    const [emitted] = harness.takeValues();
    harness.element({ id: 'a', n: 2 });
    harness.element({ id: 'a', n: 3 });

    expect([first, emitted]).toEqual([
      { id: 'a', n: 1 },
      { id: 'a', n: 1 },
    ]);
    expect(harness.takeValues()).toEqual([
      { id: 'a', n: 3 },
      { id: 'a', n: 6 },
    ]);
  });

  test('may be the record itself, which then does not change either', () => {
    const harness = reducing((accumulated, value) => (value.seen.length > 1 ? value : append(accumulated, value)), {
      checkMutation: false,
    });
    const taken: Reading = { id: 'a', seen: [7, 8] };

    harness.element({ id: 'a', seen: [1] });
    harness.element(taken);
    harness.element({ id: 'a', seen: [9] });

    expect(harness.takeValues()).toEqual([
      { id: 'a', seen: [1] },
      { id: 'a', seen: [7, 8] },
      { id: 'a', seen: [7, 8, 9] },
    ]);
  });

  test('is frozen when mutations are checked', () => {
    const harness = reducing(append);
    harness.element({ id: 'a', seen: [1] });
    harness.element({ id: 'a', seen: [2] });

    for (const emitted of harness.takeValues()) expect(Object.isFrozen((emitted as Reading).seen)).toBe(true);
  });
});

describe('a reduce function', () => {
  test('may be an object with a reduce method and a life', () => {
    const harness = reducing({ reduce: append });
    harness.element({ id: 'a', seen: [1] });
    harness.element({ id: 'a', seen: [2] });
    expect(harness.takeValues()).toHaveLength(2);
  });

  test('may not change the record it is given', () => {
    const harness = reducing((accumulated, value) => {
      value.seen.push(...accumulated.seen);
      return value;
    });
    harness.element({ id: 'a', seen: [1] });

    expect(() => harness.element({ id: 'a', seen: [2] })).toThrow(TypeError);
  });

  test.each([
    ['a promise', async (accumulated: Reading) => accumulated, 'PROMISE_NOT_ALLOWED'],
    ['undefined', () => undefined, 'STATE_VALUE_INVALID'],
  ])('may not return %s', (_, fn, code) => {
    const harness = reducing(fn as unknown as ReduceFunction<Reading>); // as from JavaScript
    harness.element({ id: 'a', seen: [1] });

    expect(() => harness.element({ id: 'a', seen: [2] })).toThrow(expect.objectContaining({ code }));
  });
});

describe('the key of a record', () => {
  const sum = (key: KeySpec, options: Partial<HarnessOptions> = {}): OperatorHarness =>
    new OperatorHarness({ makeOperator: () => reduceOperator<number>((a, b) => a + b, key), key, ...options });

  test('may come from a selector that returns objects', () => {
    const harness = sum(keyBy((n: number) => ({ isOdd: n % 2 === 1 })));
    for (const n of [1, 2, 3, 4]) harness.element(n);
    expect(harness.takeValues()).toEqual([1, 2, 4, 6]);
  });

  test('may have a hash of its own', () => {
    const key = { ...keyBy((n: number) => n % 2), hash: () => 5, hashId: 'always-5' };
    const harness = sum(key, { parallelism: 4 });
    for (const n of [1, 2, 3, 4]) harness.element(n);
    harness.restart(2);
    for (const n of [1, 2]) harness.element(n);
    expect(harness.takeValues()).toEqual([1, 2, 4, 6, 5, 8]);
  });

  test('may not be a promise', () => {
    const key = keyBy(async (n: number) => n);
    const operator = new OperatorHarness({
      makeOperator: () => reduceOperator<number>((a, b) => a + b, key),
      key: keyBy(() => 1),
    });
    expect(() => operator.element(1)).toThrow(expect.objectContaining({ code: 'PROMISE_NOT_ALLOWED' }));
  });

  test('must be the same at every call of the selector, which is looked at when mutations are checked', () => {
    let calls = 0;
    const unsteady = keyBy(() => calls++);
    const operator = new OperatorHarness({
      makeOperator: () => reduceOperator<number>((a, b) => a + b, unsteady),
      key: keyBy(() => 0),
    });
    expect(() => operator.element(1)).toThrow(expect.objectContaining({ code: 'KEY_SELECTOR_NOT_PURE' }));
  });
});

describe('rolling aggregations of fields', () => {
  const byK = keyBy((value: { k: string }) => value.k);

  test('add bigints and refuse a mixture', () => {
    const harness = new OperatorHarness({
      makeOperator: () => rollingAggregationOperator({ kind: 'sum', field: 'n' }, byK),
      key: byK,
    });
    harness.element({ k: 'a', n: 1n });
    harness.element({ k: 'a', n: 2n ** 64n });

    expect(harness.takeValues()).toEqual([
      { k: 'a', n: 1n },
      { k: 'a', n: 2n ** 64n + 1n },
    ]);
    expect(() => harness.element({ k: 'a', n: 1 })).toThrow("Adding field 'n' failed: a bigint and a number");
  });

  test('name themselves in the graph', () => {
    const { kind, isStateful, states } = rollingAggregationOperator({ kind: 'maxBy', field: 'v' }, byK);
    expect({ kind, isStateful, states }).toEqual({
      kind: 'maxBy',
      isStateful: true,
      states: [{ name: 'accumulated', kind: 'reducing' }],
    });
  });
});
