import { describe, expect, test } from 'vitest';
import type { KeyGroupRange } from '../../base/keyed-state.ts';
import type { OperatorStateStore } from '../../base/operator-state.ts';
import { FiredWindows } from './fired-windows.ts';

/** What lists hold after the snapshots of all subtasks. */
class UnionLists implements OperatorStateStore {
  readonly isRestored = true;
  elements: readonly unknown[] = [];

  listState<T>(): { get: () => readonly T[]; update: (elements: readonly T[]) => void } {
    const restored = this.elements as readonly T[]; // there is one list
    return { get: () => restored, update: (elements) => void (this.elements = elements) };
  }
}

function restored(range: KeyGroupRange, ...stores: readonly UnionLists[]): FiredWindows {
  const union = new UnionLists();
  union.elements = stores.flatMap(({ elements }) => elements);
  return new FiredWindows(union, range);
}

describe('which windows have fired', () => {
  test('is none to begin with', () => {
    const fired = new FiredWindows(new UnionLists(), { start: 0, end: 3 });
    expect(fired.completedStartMs).toBe(Number.NEGATIVE_INFINITY);
    expect(fired.isDue(0, Number.MIN_SAFE_INTEGER)).toBe(true);
  });

  test('is one range of key groups when no firing is under way', () => {
    const store = new UnionLists();
    const fired = new FiredWindows(store, { start: 4, end: 7 });
    for (let groupIndex = 0; groupIndex < 4; groupIndex++) fired.groupCompleted(groupIndex, 10);
    fired.completed(10);
    fired.snapshot(undefined);

    expect(store.elements).toEqual([{ kind: 'fired', firstKeyGroup: 4, lastKeyGroup: 7, startMs: 10 }]);
    expect(restored({ start: 6, end: 7 }, store).completedStartMs).toBe(10);
  });

  test('does not fall', () => {
    const fired = new FiredWindows(new UnionLists(), { start: 0, end: 0 });
    fired.completed(10);
    fired.completed(Number.NEGATIVE_INFINITY);
    expect(fired.completedStartMs).toBe(10);
  });

  test('of a firing that was interrupted goes on with the key groups and keys that are left', () => {
    const store = new UnionLists();
    const before = new FiredWindows(store, { start: 0, end: 3 });
    before.completed(5);
    before.groupCompleted(0, 10);
    before.snapshot({ groupIndex: 1, startMs: 10, keys: ['a'] });

    const after = restored({ start: 0, end: 7 }, store);
    expect([0, 1, 2].map((groupIndex) => after.isDue(groupIndex, 10))).toEqual([false, true, true]);
    expect([0, 1, 2].map((groupIndex) => after.isDue(groupIndex, 5))).toEqual([false, false, false]);
    expect(after.hadItsTurn(1, 10, 'a')).toBe(true);
    expect(after.hadItsTurn(1, 10, 'b')).toBe(false);
    expect(after.hadItsTurn(1, 15, 'a')).toBe(false);
  });

  test('survives a second interruption, in the same key group and in others', () => {
    const [left, right] = [new UnionLists(), new UnionLists()];
    new FiredWindows(left, { start: 0, end: 1 }).snapshot({ groupIndex: 0, startMs: 10, keys: ['a'] });
    new FiredWindows(right, { start: 2, end: 3 }).snapshot({ groupIndex: 1, startMs: 10, keys: ['x'] });
    const union = new UnionLists();
    union.elements = [...left.elements, ...right.elements];
    new FiredWindows(union, { start: 0, end: 3 }).snapshot({ groupIndex: 0, startMs: 10, keys: ['b', 'a'] });

    const after = restored({ start: 0, end: 3 }, union);
    expect(['a', 'b', 'c'].map((id) => after.hadItsTurn(0, 10, id))).toEqual([true, true, false]);
    expect(after.hadItsTurn(3, 10, 'x')).toBe(true);
    after.groupCompleted(3, 10);
    expect(after.hadItsTurn(3, 10, 'x')).toBe(false);
  });
});
