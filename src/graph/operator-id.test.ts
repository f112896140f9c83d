import { describe, expect, test } from 'vitest';
import { operatorIdOfPosition, operatorIdOfUid } from './operator-id.ts';

describe('operatorIdOfUid', () => {
  // Computed with Guava 31.1: Hashing.murmur3_128(0).newHasher().putString(uid, UTF_8).hash(), the call that Flink makes.
  test.each([
    ['', '00000000000000000000000000000000'],
    ['a', '897859f6655555855a890e51483ab5e6'],
    ['flights', 'e6d2d3fa73bb1969bec8dbd493924e43'],
    ['mean-delay', '6a8276051e3a9a013b90a190a82279c8'],
    ['results', 'b987afdbb8375b6ce5dcc61af8c01898'],
    ['0123456789abcde', '5123bfc0f6d52da6f04c547c0cf5cc4f'],
    ['0123456789abcdef', 'a7d14acf946de04bda08a7635c5bc387'],
    ['0123456789abcdef0', '75c0a58587ae24ebca283131b368fb73'],
    ['größe €😀', '2f7841c4024a944b49d1ef01bff0c72a'],
    ['The quick brown fox jumps over the lazy dog', '6c1b07bc7bbc4be347939ac4a93c437a'],
  ])("of '%s' is Flink's", (uid, id) => {
    expect(operatorIdOfUid(uid)).toBe(id);
  });
});

describe('operatorIdOfPosition', () => {
  const [a, b] = [operatorIdOfUid('a'), operatorIdOfUid('b')];

  test('depends on the position, the kind and the inputs', () => {
    const positions = [
      { index: 1, kind: 'map', inputs: [a] },
      { index: 2, kind: 'map', inputs: [a] },
      { index: 1, kind: 'filter', inputs: [a] },
      { index: 1, kind: 'map', inputs: [b] },
      { index: 1, kind: 'map', inputs: [a, b] },
    ];
    expect(new Set(positions.map(operatorIdOfPosition)).size).toBe(positions.length);
  });

  test('is the same each time', () => {
    const position = { index: 1, kind: 'map', inputs: [a] };
    expect(operatorIdOfPosition(position)).toBe(operatorIdOfPosition({ ...position }));
  });
});
