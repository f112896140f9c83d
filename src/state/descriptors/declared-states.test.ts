import { describe, expect, it } from 'vitest';
import type { Namespace } from '../../base/keyed-state.ts';
import { testStrings } from '../../../test/support/strings.ts';
import { HashmapStateBackend } from '../hashmap/hashmap-state-backend.ts';
import { aggregatingState } from './aggregating-state.ts';
import { listState } from './list-state.ts';
import { mapState } from './map-state.ts';
import { reducingState } from './reducing-state.ts';
import { declaredStates, isStateDeclaration } from './state-declaration.ts';
import type { StateDeclaration } from './state-declaration.ts';
import { valueState } from './value-state.ts';

interface Bound<S> {
  readonly state: S;
  readonly use: (key: unknown) => void;
}

interface BoundOptions {
  readonly namespace?: () => Namespace;
  readonly checkMutation?: boolean;
}

function bound<S extends StateDeclaration>(
  state: S,
  { checkMutation = false, namespace }: BoundOptions = {},
): Bound<S> {
  const backend = new HashmapStateBackend({ keyGroups: { start: 0, end: 7 }, maxParallelism: 8, strings: testStrings });
  state.bind(backend, namespace === undefined ? { checkMutation } : { checkMutation, namespace });
  const use = (key: unknown): void => backend.setCurrentKey(key, -1);
  use('k');
  return { state, use };
}

const mean = {
  createAccumulator: (): { sum: number; count: number } => ({ sum: 0, count: 0 }),
  add: (value: number, acc: { sum: number; count: number }): { sum: number; count: number } => {
    acc.sum += value;
    acc.count++;
    return acc;
  },
  getResult: (acc: { sum: number; count: number }): number => acc.sum / acc.count,
};

describe('valueState', () => {
  it('is undefined, then what it was updated to, then undefined again, for each key', () => {
    const { state, use } = bound(valueState<number | null>('v'));
    expect(state.value()).toBeUndefined();
    state.update(0);
    use('other');
    expect(state.value()).toBeUndefined();
    state.update(null);
    expect(state.value()).toBeNull();
    use('k');
    expect(state.value()).toBe(0);
    state.clear();
    expect(state.value()).toBeUndefined();
  });

  it('gives copies of its default', () => {
    const { state, use } = bound(valueState<{ seen: string[] }>('v', { default: { seen: [] } }));
    state.value().seen.push('a');
    expect(state.value()).toEqual({ seen: [] });
    const held = state.value();
    held.seen.push('b');
    state.update(held);
    expect(state.value()).toEqual({ seen: ['b'] });
    use('other');
    expect(state.value()).toEqual({ seen: [] });
  });

  it('refuses undefined', () => {
    const { state } = bound(valueState<number | undefined>('v'));
    expect(() => state.update(undefined)).toThrow(expect.objectContaining({ code: 'STATE_VALUE_INVALID' }));
  });

  it('keeps apart what belongs to different namespaces', () => {
    let window = 1000;
    const { state } = bound(valueState<number>('v'), { namespace: () => window });
    state.update(1);
    window = 2000;
    expect(state.value()).toBeUndefined();
    window = 1000;
    expect(state.value()).toBe(1);
  });
});

describe('listState', () => {
  it('is empty, grows, is replaced and cleared', () => {
    const { state } = bound(listState<number>('l'));
    expect(state.get()).toEqual([]);
    state.add(1);
    state.addAll([2, 3]);
    expect(state.get()).toEqual([1, 2, 3]);
    state.update([9]);
    state.add(8);
    expect(state.get()).toEqual([9, 8]);
    state.update([]);
    expect(state.get()).toEqual([]);
    state.add(1);
    state.clear();
    expect(state.get()).toEqual([]);
  });

  it('gives lists that do not grow afterwards', () => {
    const { state } = bound(listState<number>('l'));
    state.add(1);
    const given = state.get();
    state.add(2);
    expect(given).toEqual([1]);
  });

  it('takes nothing over from the list it is updated to', () => {
    const { state } = bound(listState<number>('l'));
    const list = [1];
    state.update(list);
    list.push(2);
    expect(state.get()).toEqual([1]);
  });

  it('refuses undefined', () => {
    const { state } = bound(listState<number | undefined>('l'));
    const invalid = expect.objectContaining({ code: 'STATE_VALUE_INVALID' });
    expect(() => state.add(undefined)).toThrow(invalid);
    expect(() => state.update([1, undefined])).toThrow(invalid);
    expect(state.get()).toEqual([]);
  });
});

describe('mapState', () => {
  it('holds entries in order of insertion', () => {
    const { state, use } = bound(mapState<string, number>('m'));
    expect(state.isEmpty()).toBe(true);
    state.put('b', 1);
    state.putAll(new Map([['a', 2]]));
    state.putAll([
      ['c', 3],
      ['b', 4],
    ]);
    expect([...state.entries()]).toEqual([
      ['b', 4],
      ['a', 2],
      ['c', 3],
    ]);
    expect([...state]).toEqual([...state.entries()]);
    expect([...state.keys()]).toEqual(['b', 'a', 'c']);
    expect([...state.values()]).toEqual([4, 2, 3]);
    expect([state.get('a'), state.get('z'), state.contains('a'), state.contains('z')]).toEqual([
      2,
      undefined,
      true,
      false,
    ]);
    use('other');
    expect(state.isEmpty()).toBe(true);
    use('k');
    state.remove('a');
    expect([...state.keys()]).toEqual(['b', 'c']);
    state.clear();
    expect(state.isEmpty()).toBe(true);
  });

  it('finds composite keys by their contents', () => {
    const { state } = bound(mapState<{ from: string; to: string }, number>('m'));
    state.put({ from: 'JFK', to: 'SFO' }, 1);
    expect(state.get({ to: 'SFO', from: 'JFK' })).toBe(1);
    expect([...state.keys()]).toEqual([{ from: 'JFK', to: 'SFO' }]);
  });

  it('refuses undefined', () => {
    const { state } = bound(mapState<string, number | undefined>('m'));
    expect(() => state.put('a', undefined)).toThrow(expect.objectContaining({ code: 'STATE_VALUE_INVALID' }));
    expect(state.isEmpty()).toBe(true);
  });
});

describe('reducingState', () => {
  it('reduces what is added', () => {
    const { state, use } = bound(reducingState<number>('r', (a, b) => Math.max(a, b)));
    expect(state.get()).toBeUndefined();
    for (const value of [3, 7, 5]) state.add(value);
    expect(state.get()).toBe(7);
    use('other');
    expect(state.get()).toBeUndefined();
    use('k');
    state.clear();
    expect(state.get()).toBeUndefined();
  });

  it('refuses undefined and promises', () => {
    const undefinedResult = bound(reducingState<number | undefined>('r', () => undefined)).state;
    const invalid = expect.objectContaining({ code: 'STATE_VALUE_INVALID' });
    expect(() => undefinedResult.add(undefined)).toThrow(invalid);
    undefinedResult.add(1);
    expect(() => undefinedResult.add(2)).toThrow(invalid);
    const promised = bound(reducingState<unknown>('r', async (a) => a)).state;
    promised.add(1);
    expect(() => promised.add(2)).toThrow(expect.objectContaining({ code: 'PROMISE_NOT_ALLOWED' }));
  });
});

describe('aggregatingState', () => {
  it('aggregates what is added', () => {
    const { state, use } = bound(aggregatingState('a', mean));
    expect(state.get()).toBeUndefined();
    for (const value of [1, 2, 6]) state.add(value);
    expect(state.get()).toBe(3);
    use('other');
    state.add(5);
    expect(state.get()).toBe(5);
    state.clear();
    expect(state.get()).toBeUndefined();
    use('k');
    expect(state.get()).toBe(3);
  });

  it('gives results that do not change afterwards', () => {
    const { state } = bound(aggregatingState('a', { ...mean, getResult: (acc) => acc }));
    state.add(1);
    const result = state.get();
    state.add(2);
    expect(result).toEqual({ sum: 1, count: 1 });
  });

  it('refuses promises', () => {
    const { state } = bound(aggregatingState('a', { ...mean, getResult: async () => 1 }));
    state.add(1);
    expect(() => state.get()).toThrow(expect.objectContaining({ code: 'PROMISE_NOT_ALLOWED' }));
  });
});

describe('a declared state', () => {
  it('is found in the field of its function', () => {
    const [seen, count] = [
      valueState<boolean>('seen', { default: false }),
      reducingState<number>('count', (a, b) => a + b),
    ];
    const fn = { state: { seen, limit: 5, count }, other: listState<number>('other') };
    expect(declaredStates(fn).map(({ info }) => info)).toEqual([
      { name: 'seen', kind: 'value' },
      { name: 'count', kind: 'reducing' },
    ]);
    for (const without of [{}, { state: undefined }, { state: null }, { state: 'busy' }, (): void => undefined]) {
      expect(declaredStates(without)).toEqual([]);
    }
  });

  it('is told from other values', () => {
    expect(isStateDeclaration(listState('l'))).toBe(true);
    expect([{}, null, undefined, 'list', { info: { name: 'l', kind: 'list' } }].map(isStateDeclaration)).not.toContain(
      true,
    );
  });

  it('cannot be used before its function runs, or bound twice', () => {
    const state = valueState<number>('v');
    declaredStates({ state: { v: state } });
    expect(() => state.value()).toThrow(expect.objectContaining({ code: 'STATE_ACCESS_OUTSIDE_CALL' }));
    bound(state);
    expect(() => bound(state)).toThrow(/State 'v' is bound twice/);
  });

  it('is one that a function declares', () => {
    for (const use of [() => valueState('v').value(), () => listState('v').clear(), () => mapState('v').keys()]) {
      expect(use).toThrow(
        expect.objectContaining({
          code: 'STATE_NOT_DECLARED',
          message: "Using state 'v' failed: no function declares it in its field 'state'",
        }),
      );
    }
  });

  it('has a name', () => {
    expect(() => mapState('')).toThrow(expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }));
  });
});

describe('under mutation check', () => {
  const mutated = expect.objectContaining({ code: 'VALUE_MUTATED' });

  it('a value that was changed and not put back is found', () => {
    const { state } = bound(valueState<{ tags: string[] }>('v'), { checkMutation: true });
    state.update({ tags: [] });
    state.value()?.tags.push('x');
    expect(state.value()).toEqual({ tags: ['x'] });
    expect(() => state.endCall()).toThrow(mutated);
  });

  it('a value that was changed and put back, replaced or cleared is right', () => {
    const { state, use } = bound(valueState<{ n: number }>('v'), { checkMutation: true });
    const changes: (() => void)[] = [
      () => state.update(Object.assign(state.value() ?? { n: 0 }, { n: 2 })),
      () => {
        Object.assign(state.value() ?? {}, { n: 3 });
        state.update({ n: 4 });
      },
      () => {
        Object.assign(state.value() ?? {}, { n: 5 });
        state.clear();
      },
    ];
    changes.forEach((change, index) => {
      use('k');
      change();
      state.endCall();
      use(index);
      expect(state.value()).toBeUndefined();
    });
  });

  it('a value that is kept cannot be changed when the call is over, put back or not', () => {
    const { state } = bound(valueState<{ n: number }>('v'), { checkMutation: true });
    state.update({ n: 1 });
    const read = state.value();
    state.endCall();
    const putBack = state.value() ?? { n: 0 };
    state.update(putBack);
    state.endCall();
    for (const kept of [read, putBack]) expect(() => Object.assign(kept ?? {}, { n: 2 })).toThrow(TypeError);
    expect(state.value()).toEqual({ n: 1 });
  });

  it('entries of maps are told apart', () => {
    const { state } = bound(mapState<string, { n: number }>('m'), { checkMutation: true });
    state.put('a', { n: 1 });
    state.put('b', { n: 1 });
    for (const value of state.values()) value.n++;
    state.put('a', { n: 2 });
    expect(() => state.endCall()).toThrow(mutated);
  });

  it('elements of lists that were changed are found', () => {
    const { state } = bound(listState<{ n: number }>('l'), { checkMutation: true });
    state.add({ n: 1 });
    for (const element of state.get()) element.n++;
    expect(() => state.endCall()).toThrow(mutated);
  });

  it('values of every kind that were only read are right', () => {
    const { state, use } = bound(valueState<unknown>('v'), { checkMutation: true });
    const values = [
      { a: [new Date(1), new Map([['x', new Set([1])]])] },
      [new Uint8Array([1, 2])],
      new Uint8Array(3).buffer,
    ];
    for (const value of values) {
      use('k');
      state.update(value);
      expect(state.value()).toEqual(value);
      state.endCall();
      use('other');
      expect(state.value()).toBeUndefined();
    }
  });
});
