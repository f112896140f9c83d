import { expect, test } from 'vitest';
import { testStrings } from '../../../test/support/strings.ts';
import { NO_KEY_GROUP } from '../../base/elements.ts';
import { HashmapStateBackend } from '../../state/hashmap/hashmap-state-backend.ts';
import { WaitingKeys } from './waiting-keys.ts';

const backend = new HashmapStateBackend({
  keyGroups: { start: 0, end: 127 },
  maxParallelism: 128,
  strings: testStrings,
});

function waiting(
  ...keys: readonly (readonly [key: unknown, namespace: number | string, timestampMs: number])[]
): WaitingKeys {
  const all = new WaitingKeys(backend);
  for (const [key, namespace, timestampMs] of keys) {
    backend.setCurrentKey(key, NO_KEY_GROUP);
    all.addCurrent(namespace, timestampMs);
  }
  return all;
}

function takeAll(all: WaitingKeys, untilMs: number): unknown[] {
  const taken: unknown[] = [];
  for (let due = all.takeDue(untilMs); due !== undefined; due = all.takeDue(untilMs)) {
    taken.push([backend.currentKey, due.namespace]);
  }
  return taken;
}

test('keys that wait come in order of time, then of their moments, then of arrival', () => {
  const all = waiting(['a', 'late', 20], ['b', 'early', 10], ['c', 'other', 10], ['a', 'early', 10], ['b', 'late', 20]);
  expect(takeAll(all, 10)).toEqual([
    ['b', 'early'],
    ['a', 'early'],
    ['c', 'other'],
  ]);
  expect(all.hasDue(19)).toBe(false);
  expect(takeAll(all, 19)).toEqual([]);
  expect(takeAll(all, 20)).toEqual([
    ['a', 'late'],
    ['b', 'late'],
  ]);
});

test('a key may wait again while keys of the same moment are taken out', () => {
  const all = waiting(['a', 10, 10], ['b', 10, 10]);
  all.takeDue(10);
  all.addCurrent(15, 15);
  expect(takeAll(all, 20)).toEqual([
    ['b', 10],
    ['a', 15],
  ]);
});

test('a key comes back with its key group, whatever kind it is of', () => {
  for (const key of [7, 7n, '7', true, [7, 'x'], { a: 7 }, new Date(7)]) {
    const all = waiting([key, 0, 1]);
    const keyGroup = backend.currentKeyGroup;
    backend.clearCurrentKey();
    all.takeDue(1);
    expect([backend.currentKey, backend.currentKeyGroup]).toEqual([key, keyGroup]);
  }
});
