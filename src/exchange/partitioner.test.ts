import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NO_KEY_GROUP } from '../base/elements.ts';
import type { KeySpec, Partitioner } from '../graph/stream-graph.ts';
import { channelSelector } from './partitioner.ts';
import type { ChannelSelector } from './partitioner.ts';

const random = { next: () => 0.5, nextInt: (bound: number) => Math.floor(bound / 2) };
const keyOf = (selector: KeySpec['selector'], hash?: KeySpec['hash']): Partitioner => ({
  kind: 'hash',
  key: { selector, hash, hashId: hash === undefined ? undefined : 'mine' },
});

function select(partitioner: Partitioner, channelCount: number): ChannelSelector {
  return channelSelector({ partitioner, channelCount, maxParallelism: 128, random });
}

function channelsOf(selector: ChannelSelector, values: readonly unknown[]): number[] {
  return values.map((value) => selector.channelOf(selector.keyGroupOf(value)));
}

describe('channelSelector', () => {
  test('rebalance deals in turn from a random channel, rescale from the first of its group', () => {
    expect(channelsOf(select({ kind: 'rebalance' }, 3), [0, 0, 0, 0, 0])).toEqual([1, 2, 0, 1, 2]);
    expect(channelsOf(select({ kind: 'rescale' }, 2), [0, 0, 0])).toEqual([0, 1, 0]);
  });

  test('forward and global send all to the first, broadcast to all', () => {
    expect(channelsOf(select({ kind: 'forward' }, 1), [1, 2])).toEqual([0, 0]);
    expect(channelsOf(select({ kind: 'global' }, 3), [1, 2])).toEqual([0, 0]);
    expect(select({ kind: 'broadcast' }, 3).isBroadcast).toBe(true);
    expect(() => select({ kind: 'forward' }, 2)).toThrow('A forward exchange with 2 channels');
  });

  test('only a keyed exchange gives a key group', () => {
    const kinds = ['forward', 'global', 'broadcast', 'rebalance', 'rescale'] as const;
    for (const kind of kinds) expect(select({ kind }, 1).keyGroupOf('x')).toBe(NO_KEY_GROUP);
    expect(
      select(
        keyOf(() => 'x'),
        1,
      ).keyGroupOf('x'),
    ).toBeGreaterThanOrEqual(0);
  });

  test('a keyed exchange sends records where Flink sends them', () => {
    const path = join(import.meta.dirname, '../../test/golden/cases/partition-keyby-2-3/output.jsonl');
    const lines = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { v: number; to: number });
    expect(lines).not.toHaveLength(0);
    // A long of Flink is a bigint here.
    const selector = select(
      keyOf((value) => BigInt(value as number)),
      3,
    );
    expect(
      channelsOf(
        selector,
        lines.map(({ v }) => v),
      ),
    ).toEqual(lines.map(({ to }) => to));
  });

  test('a hash of the job’s own decides the key group', () => {
    const selector = select(
      keyOf(
        (value) => value,
        (key) => String(key).length,
      ),
      4,
    );
    expect(selector.keyGroupOf('abc')).toBe(selector.keyGroupOf('xyz'));
    const fraction = select(
      keyOf(
        (value) => value,
        () => 1.5,
      ),
      4,
    );
    expect(() => fraction.keyGroupOf('x')).toThrow("hash function 'mine' returned 1.5, not an integer");
    const text = select(
      keyOf(
        (value) => value,
        () => 'x' as unknown as number,
      ),
      4,
    );
    expect(() => text.keyGroupOf('x')).toThrow('returned a string');
  });

  test('a key selector that returns a promise is an error', () => {
    const selector = select(
      keyOf(() => Promise.resolve('x')),
      2,
    );
    expect(() => selector.keyGroupOf('x')).toThrow(expect.objectContaining({ code: 'PROMISE_NOT_ALLOWED' }));
  });
});
