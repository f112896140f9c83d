import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { goldenCase } from '../../test/support/golden-case.ts';
import { bigintHash, booleanHash, doubleHash, longHash, stringHash } from './java-hash.ts';
import { keyHash } from './key-hash.ts';
import { defaultMaxParallelism, keyGroupOf, keyGroupOfHash, keyGroupRange, subtaskOfKeyGroup } from './key-groups.ts';

interface GoldenKey {
  readonly type: 'string' | 'int' | 'long' | 'boolean' | 'double' | 'tuple2';
  readonly key: unknown;
  readonly hash: number;
  readonly kg128: number;
  readonly op128: readonly number[];
  readonly kg1000: number;
  readonly op1000: readonly number[];
  readonly kg32768: number;
  readonly op32768: readonly number[];
}

const { output: goldenKeys } = goldenCase<unknown, GoldenKey>('key-groups');

/** Longs beyond 2^53 are texts; the ends of the range have names. */
function longOf(key: unknown): bigint {
  if (key === 'MAX') return 2n ** 63n - 1n;
  return key === 'MIN' ? -(2n ** 63n) : BigInt(String(key));
}

/** The recording writes -0 as 0; only its hash tells. */
function doubleOf({ key, hash }: GoldenKey): number {
  return key === 0 && hash !== 0 ? -0 : Number(key);
}

/** The hash that the Java type of the recorded key has. */
function typedHash(golden: GoldenKey): number {
  const { type, key } = golden;
  switch (type) {
    case 'string':
      return stringHash(String(key));
    case 'boolean':
      return booleanHash(key === true);
    case 'long':
      return typeof key === 'number' ? longHash(key) : bigintHash(longOf(key));
    case 'double':
      return doubleHash(doubleOf(golden));
    case 'int':
    case 'tuple2':
      return keyHash(key);
  }
}

/** As `keyBy` sees it: a long is a bigint, and whole-numbered doubles do not exist. */
function keyByHash({ type, key }: GoldenKey): number | undefined {
  if (type === 'long') return keyHash(longOf(key));
  if (type !== 'double') return keyHash(key);
  return Number.isInteger(Number(key)) ? undefined : keyHash(Number(key));
}

describe('key groups against Flink', () => {
  it.each(['string', 'int', 'long', 'boolean', 'double', 'tuple2'])('hash %s keys alike', (type) => {
    const keys = goldenKeys.filter((golden) => golden.type === type);
    expect(keys.length).toBeGreaterThan(1);
    for (const golden of keys) {
      expect({ ...golden, hash: typedHash(golden) }).toEqual(golden);
      expect([golden.hash, undefined]).toContain(keyByHash(golden));
    }
  });

  it('assign hashes to the same key groups and subtasks', () => {
    for (const golden of goldenKeys) {
      expect(keyGroupOfHash(golden.hash, 128)).toBe(golden.kg128);
      expect(keyGroupOfHash(golden.hash, 1000)).toBe(golden.kg1000);
      expect(keyGroupOfHash(golden.hash, 32_768)).toBe(golden.kg32768);
      golden.op128.forEach((subtask, index) => {
        expect(subtaskOfKeyGroup(golden.kg128, 128, index + 1)).toBe(subtask);
        expect(subtaskOfKeyGroup(golden.kg1000, 1000, index + 1)).toBe(golden.op1000[index]);
        expect(subtaskOfKeyGroup(golden.kg32768, 32_768, index + 1)).toBe(golden.op32768[index]);
      });
    }
  });

  it('have the same ranges', () => {
    type Range = { maxParallelism: number; parallelism: number; ranges: [number, number][] };
    for (const { maxParallelism, parallelism, ranges } of goldenCase<unknown, Range>('key-group-ranges').output) {
      const own = ranges.map((_, subtask) => keyGroupRange(maxParallelism, parallelism, subtask));
      expect(own.map(({ start, end }) => [start, end])).toEqual(ranges);
    }
  });
});

describe('key groups', () => {
  it('of a range belong to the subtask of the range', () => {
    const sizes = fc
      .integer({ min: 1, max: 2000 })
      .chain((max) => fc.tuple(fc.constant(max), fc.integer({ min: 1, max })));
    fc.assert(
      fc.property(sizes, fc.nat(), ([maxParallelism, parallelism], pick) => {
        const subtask = pick % parallelism;
        const { start, end } = keyGroupRange(maxParallelism, parallelism, subtask);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(subtaskOfKeyGroup(start, maxParallelism, parallelism)).toBe(subtask);
        expect(subtaskOfKeyGroup(end, maxParallelism, parallelism)).toBe(subtask);
        const next =
          subtask + 1 < parallelism ? keyGroupRange(maxParallelism, parallelism, subtask + 1).start : maxParallelism;
        expect(next).toBe(end + 1);
      }),
    );
  });

  it('of a key are those of its hash', () => {
    expect(keyGroupOf('flink', 128)).toBe(keyGroupOfHash(stringHash('flink'), 128));
  });

  it.each([
    [1, 128],
    [85, 128],
    [86, 256],
    [170, 256],
    [171, 256],
    [172, 512],
    [21_846, 32_768],
    [32_768, 32_768],
  ])('parallelism %i has the default max parallelism %i', (parallelism, expected) => {
    expect(defaultMaxParallelism(parallelism)).toBe(expected);
  });

  it('refuse a parallelism above the max parallelism', () => {
    expect(() => keyGroupRange(4, 5, 0)).toThrow(/Parallelism 5/);
    expect(() => keyGroupRange(4, 2, 2)).toThrow(/Subtask 2/);
  });
});
