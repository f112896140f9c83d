import { describe, expect, test } from 'vitest';
import { checkValue } from './check-value.ts';

// eslint-disable-next-line no-sparse-arrays -- a sparse array is what is tested
const sparse = [1, , 3];
const cyclicMap = new Map<string, unknown>();
cyclicMap.set('self', { again: cyclicMap });
const detached = new ArrayBuffer(8);
detached.transfer();

describe('checkValue', () => {
  test.each<[string, unknown, string]>([
    ['a function', { run: () => 1 }, "'value.run' failed: it is a function"],
    ['a symbol', [Symbol('x')], "'value[0]' failed: it is a symbol"],
    [
      'a symbol as a key',
      { nested: { [Symbol('tag')]: 1 } },
      "'value.nested' failed: it is an object with the symbol 'Symbol(tag)' as a key",
    ],
    [
      'an accessor',
      { 'odd name': Object.defineProperty({}, 'x', { get: () => 1, enumerable: true }) },
      `'value["odd name"].x' failed: it is an accessor`,
    ],
    [
      'a hidden field',
      Object.defineProperty({}, 'x', { value: 1 }),
      "'value.x' failed: it is a field that is not enumerable",
    ],
    [
      'a class instance',
      { at: new URL('http://localhost') },
      "'value.at' failed: it is an instance of 'URL', which is not registered",
    ],
    ['a Buffer', Buffer.from('x'), "it is an instance of 'Buffer', which is not registered"],
    ['an error', [new Error('x')], "it is an instance of 'Error', which is not registered"],
    ['a promise', { later: Promise.resolve(1) }, "'value.later' failed: it is a promise"],
    ['a WeakSet', new WeakSet(), "'value' failed: it is a WeakSet"],
    ['a hole', { list: sparse }, "'value.list[1]' failed: it is a hole in a sparse array"],
    [
      'an extra property of an array',
      Object.assign([1, 2], { index: 0 }),
      "it is an object with the extra property 'index'",
    ],
    [
      'an extra property of a Map',
      Object.assign(new Map(), { size2: 0 }),
      "it is an object with the extra property 'size2'",
    ],
    ['shared memory', new SharedArrayBuffer(8), "'value' failed: it is shared memory"],
    [
      'a view of shared memory',
      { view: new Int32Array(new SharedArrayBuffer(8)) },
      "'value.view' failed: it is a view of shared memory",
    ],
    ['a transferred buffer', detached, 'it is a buffer that was transferred away'],
    ['a DataView', new DataView(new ArrayBuffer(8)), "it is an instance of 'DataView', which is not registered"],
    ['a cycle', cyclicMap, `'value.get("self").again' failed: it is a reference to an object that contains it`],
    ['a bad key of a Map', new Map([[() => 1, 1]]), "'value.keys()[0]' failed: it is a function"],
    ['a bad element of a Set', new Set([1, () => 1]), "'value.values()[1]' failed: it is a function"],
  ])('names %s and where it is', (_, value, message) => {
    expect(() => checkValue(value)).toThrow(
      expect.objectContaining({ code: 'VALUE_NOT_SERIALIZABLE', message: expect.stringContaining(message) as string }),
    );
  });

  test('lets the same object stand in two places', () => {
    const shared = { id: 1 };
    expect(() => checkValue({ left: shared, right: [shared, shared] })).not.toThrow();
  });
});
