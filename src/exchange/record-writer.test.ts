import { describe, expect, test } from 'vitest';
import type { ChannelWriter } from '../base/channel.ts';
import { END_OF_INPUT } from '../base/elements.ts';
import type { ControlElement } from '../base/elements.ts';
import { createLocalChannel } from './local-channel.ts';
import type { ChannelSelector } from './partitioner.ts';
import { RecordWriter } from './record-writer.ts';

/** Numbers go to the channel of their remainder. */
function byRemainder(channelCount: number): ChannelSelector {
  return { isBroadcast: false, keyGroupOf: (value) => Number(value) % channelCount, channelOf: (keyGroup) => keyGroup };
}

const toAll: ChannelSelector = { isBroadcast: true, keyGroupOf: () => -1, channelOf: () => 0 };

function channels(
  count: number,
  capacityRecords: number,
): { writers: ChannelWriter[]; read: (index: number, limit?: number) => unknown[] } {
  const made = Array.from({ length: count }, () => createLocalChannel({ capacityRecords }));
  return {
    writers: made.map(({ writer }) => writer),
    read: (index, limit = 1000) => {
      const elements: unknown[] = [];
      const handler = {
        onRecord: (value: unknown) => elements.push(value) > 0,
        onControl: (element: ControlElement) => elements.push(element.kind),
      };
      const reader = made[index]?.reader;
      while (elements.length < limit && reader?.isEmpty === false) reader.poll(handler, limit - elements.length);
      return elements;
    },
  };
}

describe('RecordWriter', () => {
  test('sends each record to its channel', () => {
    const { writers, read } = channels(3, 100);
    const writer = new RecordWriter(writers, byRemainder(3));
    for (let value = 0; value < 7; value++) writer.emit(value, 0);
    expect([read(0), read(1), read(2)]).toEqual([
      [0, 3, 6],
      [1, 4],
      [2, 5],
    ]);
    expect(writer.recordsWritten).toBe(7);
  });

  test('sends broadcast records and control elements to all channels', () => {
    const { writers, read } = channels(2, 100);
    const writer = new RecordWriter(writers, toAll);
    writer.emit('a', 0);
    writer.broadcast(END_OF_INPUT);
    expect([read(0), read(1)]).toEqual([
      ['a', 'end-of-input'],
      ['a', 'end-of-input'],
    ]);
    expect(writer.recordsWritten).toBe(1);
  });

  test('holds what does not fit in order, control elements included, and drains it as room comes', () => {
    const { writers, read } = channels(2, 2);
    const writer = new RecordWriter(writers, byRemainder(2));
    for (const value of [0, 2, 4, 6, 1]) writer.emit(value, 0);
    writer.broadcast({ kind: 'watermark', timestampMs: 5 });
    writer.emit(8, 0);
    writer.emit(3, 0);
    writer.broadcast(END_OF_INPUT);
    expect([writer.isBlocked, writer.overflowRecords]).toEqual([true, 7]);

    expect(read(1)).toEqual([1, 'watermark']);
    expect(writer.drain()).toBe(false);
    expect(writer.isBlocked).toBe(true);
    expect(read(0, 1)).toEqual([0]);
    expect(writer.drain()).toBe(false);
    expect(read(0)).toEqual([2, 4]);
    expect([writer.drain(), writer.overflowRecords]).toEqual([false, 2]);
    const rest: unknown[] = [];
    while (!writer.drain()) rest.push(...read(0));
    rest.push(...read(0));
    expect(rest).toEqual([6, 'watermark', 8, 'end-of-input']);
    expect(read(1)).toEqual([3, 'end-of-input']);
    expect([writer.isBlocked, writer.overflowRecords]).toEqual([false, 0]);
  });

  test('does not let a record pass one that waits, even when there is room again', () => {
    const { writers, read } = channels(1, 1);
    const writer = new RecordWriter(writers, byRemainder(1));
    writer.emit(0, 0);
    writer.emit(1, 0);
    expect(read(0)).toEqual([0]);
    writer.emit(2, 0);
    const rest: unknown[] = [];
    while (!writer.drain()) rest.push(...read(0));
    expect([...rest, ...read(0)]).toEqual([1, 2]);
  });

  test('knows what its consumers cannot see yet', () => {
    let isFlushed = false;
    const stub: ChannelWriter = {
      offerRecord: () => true,
      offerControl: () => true,
      flush: () => {
        isFlushed = true;
      },
      get hasUnflushed() {
        return !isFlushed;
      },
      bytesWritten: 10,
    };
    const writer = new RecordWriter([stub, stub], byRemainder(2));
    expect(writer.hasUnflushed).toBe(true);
    writer.flush();
    expect(writer.hasUnflushed).toBe(false);
    expect(writer.bytesWritten).toBe(20);
  });
});
