/** What is particular to queues of objects; what they share with other channels stands in test/contract/channel.ts. */
import { describe, expect, test } from 'vitest';
import type { ChannelWriter } from '../base/channel.ts';
import { NO_KEY_GROUP } from '../base/elements.ts';
import { NO_TIMESTAMP } from '../base/event-time.ts';
import { createLocalChannel } from './local-channel.ts';

function fill(writer: ChannelWriter, value: unknown): number {
  let count = 0;
  while (count < 1000 && writer.offerRecord(value, NO_TIMESTAMP, NO_KEY_GROUP)) count++;
  return count;
}

describe('a local channel', () => {
  test('passes objects by reference', () => {
    const channel = createLocalChannel({ capacityRecords: 2 });
    const value = { id: 1 };
    let seen: unknown;
    channel.writer.offerRecord(value, 0, 0);
    channel.reader.poll({ onRecord: (record) => (seen = record) !== undefined, onControl: () => {} }, 1);
    expect(seen).toBe(value);
  });

  test('is bounded in records', () => {
    expect(fill(createLocalChannel({ capacityRecords: 7 }).writer, 1)).toBe(7);
  });

  test.each([
    ['a long string', 'x'.repeat(1000)],
    ['an object with one', { text: 'x'.repeat(1000) }],
    ['an array', Array.from({ length: 125 }, () => 0)],
    ['bytes', new Uint8Array(1000)],
    ['an object with bytes', { bytes: new Uint8Array(1000) }],
    ['a Map', new Map(Array.from({ length: 32 }, (_, key) => [key, key]))],
  ])('is bounded in bytes: %s', (_, value) => {
    const count = fill(createLocalChannel({ capacityRecords: 1000, capacityBytes: 10_000 }).writer, value);
    expect(count).toBeGreaterThan(5);
    expect(count).toBeLessThan(12);
  });

  test('takes a value that is larger than its bound', () => {
    const channel = createLocalChannel({ capacityRecords: 1000, capacityBytes: 10 });
    expect(fill(channel.writer, 'x'.repeat(1000))).toBe(1);
    channel.reader.poll({ onRecord: () => true, onControl: () => {} }, 10);
    expect(fill(channel.writer, 'x'.repeat(1000))).toBe(1);
  });
});
