import { describe, expect, test } from 'vitest';
import { describeValue } from '../../test/support/describe-value.ts';
import { testStrings } from '../../test/support/strings.ts';
import { checkValue } from './check-value.ts';
import { copyValue } from './copy-value.ts';
import { decodeValue, encodeValue } from './encode-value.ts';
import { freezeValue } from './freeze-value.ts';

const makeValue = () => ({
  list: [{ id: 1 }],
  map: new Map([['k', { deep: [1] }]]),
  set: new Set([{ id: 2 }]),
  date: new Date(5),
  bytes: new Uint8Array([1, 2]),
});

describe('a frozen value', () => {
  test('refuses every change, at any depth', () => {
    const value = freezeValue(makeValue());
    expect(() => value.list.push({ id: 3 })).toThrow(TypeError);
    expect(() => Object.assign(value.list[0] ?? {}, { id: 3 })).toThrow(TypeError);
    expect(() => value.map.get('k')?.deep.push(2)).toThrow(TypeError);
    const mutated = expect.objectContaining({ code: 'VALUE_MUTATED' }) as Error;
    expect(() => value.map.set('x', { deep: [] })).toThrow(mutated);
    expect(() => value.map.delete('k')).toThrow(mutated);
    expect(() => value.set.add({ id: 4 })).toThrow(mutated);
    expect(() => value.set.clear()).toThrow(mutated);
    expect(() => value.date.setTime(6)).toThrow(mutated);
    expect(describeValue(value)).toBe(describeValue(makeValue()));
  });

  test('still is a Map, a Set, a Date for its readers', () => {
    const { map, set, date } = freezeValue(makeValue());
    expect(map).toBeInstanceOf(Map);
    expect([map.size, set.size, date.getTime(), [...map.keys()]]).toEqual([1, 1, 5, ['k']]);
  });

  test('stays in the value domain, and its copy can be changed again', () => {
    const value = freezeValue(makeValue());
    checkValue(value);
    expect(describeValue(decodeValue(testStrings, encodeValue(testStrings, value)))).toBe(describeValue(value));
    const copy = copyValue(value);
    copy.map.set('x', { deep: [] });
    copy.list.push({ id: 9 });
    copy.date.setTime(7);
    expect(describeValue(value)).toBe(describeValue(makeValue()));
  });

  test('ends on a cycle', () => {
    const value: { self?: unknown } = {};
    value.self = value;
    expect(Object.isFrozen(freezeValue(value))).toBe(true);
  });
});
