/**
 * What every channel does (src/base/channel.ts), with both ends on one thread. The property runs offers, flushes and polls in any
 * order against a plain list: what was taken comes out, once, in order, control elements in their place, and nothing else does.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Channel } from '../../src/base/channel.ts';
import { END_OF_INPUT, NO_KEY_GROUP } from '../../src/base/elements.ts';
import type { CheckpointBarrier, ControlElement, ElementHandler } from '../../src/base/elements.ts';
import { NO_TIMESTAMP, WATERMARK_MAX } from '../../src/base/event-time.ts';
import { checkpointId } from '../../src/base/ids.ts';
import { arbitraryRecord, arbitraryText, arbitraryValue } from '../support/arbitrary-value.ts';
import { describeValue } from '../support/describe-value.ts';

export interface ChannelContract {
  readonly name: string;
  /** Room for few or for many elements. */
  readonly makeChannel: (size: 'small' | 'large') => Channel;
}

/** Collects what comes out, as text. */
export class CollectingHandler implements ElementHandler {
  readonly elements: string[] = [];
  #recordsLeft = Number.POSITIVE_INFINITY;

  /** The handler says no after so many records, once. */
  stopAfter(recordCount: number): void {
    this.#recordsLeft = recordCount;
  }

  onRecord(value: unknown, timestampMs: number, keyGroup: number): boolean {
    this.elements.push(recordText(value, timestampMs, keyGroup));
    this.#recordsLeft--;
    return this.#recordsLeft !== 0;
  }

  onControl(element: ControlElement): void {
    this.elements.push(JSON.stringify(element));
  }
}

type Command =
  | { readonly kind: 'record'; readonly value: unknown; readonly timestampMs: number; readonly keyGroup: number }
  | { readonly kind: 'control'; readonly element: ControlElement }
  | { readonly kind: 'flush' }
  | { readonly kind: 'poll'; readonly limit: number; readonly stopAfter: number };

export function describeChannelContract({ name, makeChannel }: ChannelContract): void {
  describe(`channel contract: ${name}`, () => {
    test('delivers records with timestamp and key group, in order', () => {
      const channel = makeChannel('large');
      const handler = new CollectingHandler();
      const records: [unknown, number, number][] = [
        ['first', 5, 3],
        [{ id: 1 }, NO_TIMESTAMP, NO_KEY_GROUP],
        [undefined, -(2 ** 53) + 1, 0],
        [null, 0, 32_767],
      ];
      for (const record of records) expect(channel.writer.offerRecord(...record)).toBe(true);
      channel.writer.flush();
      expect(channel.reader.poll(handler, 100)).toBe(4);
      expect(handler.elements).toEqual(records.map((record) => recordText(...record)));
    });

    test('delivers control elements in their place, and stops the poll after each', () => {
      const channel = makeChannel('large');
      const handler = new CollectingHandler();
      const controls: ControlElement[] = [
        barrier(7),
        { kind: 'cancel-checkpoint', checkpointId: checkpointId(8) },
        { kind: 'watermark', timestampMs: -5 },
        { kind: 'watermark', timestampMs: WATERMARK_MAX },
        { kind: 'status', isIdle: true },
        { kind: 'status', isIdle: false },
        { ...barrier(9), alignment: 'at-least-once', stateMode: 'full' },
        END_OF_INPUT,
      ];
      for (const element of controls) {
        channel.writer.offerRecord('before', 1, 0);
        expect(channel.writer.offerControl(element)).toBe(true);
      }
      channel.writer.flush();
      for (const element of controls) {
        expect(channel.reader.poll(handler, 100)).toBe(2);
        expect(handler.elements.splice(0)).toEqual([recordText('before', 1, 0), JSON.stringify(element)]);
      }
    });

    test('hands over no more than the limit, and stops when the handler says so', () => {
      const channel = makeChannel('large');
      const handler = new CollectingHandler();
      for (let value = 0; value < 10; value++) channel.writer.offerRecord(value, 0, 0);
      channel.writer.flush();
      expect(channel.reader.poll(handler, 0)).toBe(0);
      expect(channel.reader.poll(handler, 4)).toBe(4);
      handler.stopAfter(2);
      expect(channel.reader.poll(handler, 100)).toBe(2);
      expect(handler.elements).toHaveLength(6);
      expect(channel.reader.isEmpty).toBe(false);
    });

    test('takes nothing when it is full, and goes on when there is room', () => {
      const channel = makeChannel('small');
      const handler = new CollectingHandler();
      let taken = 0;
      while (channel.writer.offerRecord(taken, taken, 0)) taken++;
      expect(taken).toBeGreaterThan(0);
      expect(channel.writer.offerControl(END_OF_INPUT)).toBe(false);
      while (!channel.writer.offerControl(END_OF_INPUT)) expect(channel.reader.poll(handler, 1)).toBe(1);
      drain(channel, handler);
      const expected = Array.from({ length: taken }, (_, value) => recordText(value, value, 0));
      expect(handler.elements).toEqual([...expected, JSON.stringify(END_OF_INPUT)]);
    });

    test('announces a barrier from the moment it is in until it is read', () => {
      const channel = makeChannel('large');
      const handler = new CollectingHandler();
      expect(channel.reader.announcedBarrier).toBe(0);
      channel.writer.offerRecord('before', 0, 0);
      channel.writer.offerControl(barrier(4));
      expect(channel.reader.announcedBarrier).toBe(4);
      channel.writer.flush();
      channel.reader.poll(handler, 1);
      expect(channel.reader.announcedBarrier).toBe(4);
      channel.reader.poll(handler, 1);
      expect(channel.reader.announcedBarrier).toBe(0);
      channel.writer.offerControl(barrier(5));
      expect(channel.reader.announcedBarrier).toBe(5);
    });

    test('is empty at first and after everything was read, and counts the same bytes on both sides', () => {
      const channel = makeChannel('large');
      const handler = new CollectingHandler();
      expect(channel.reader.isEmpty).toBe(true);
      for (let value = 0; value < 100; value++) channel.writer.offerRecord({ id: value, text: `text ${value}` }, 0, 0);
      channel.writer.flush();
      expect(channel.reader.isEmpty).toBe(false);
      drain(channel, handler);
      expect(handler.elements).toHaveLength(100);
      expect(channel.writer.bytesWritten).toBeGreaterThan(100);
      expect(channel.reader.bytesRead).toBe(channel.writer.bytesWritten);
    });

    test('delivers what was taken, once and in order, whatever the order of calls', () => {
      fc.assert(
        fc.property(
          fc.array(arbitraryCommand(), { maxLength: 80 }),
          fc.constantFrom('small', 'large'),
          (commands, size) => {
            const channel = makeChannel(size);
            const handler = new CollectingHandler();
            const taken: string[] = [];
            for (const command of commands) {
              run(command, channel, handler, taken);
              expect(handler.elements).toEqual(taken.slice(0, handler.elements.length));
            }
            drain(channel, handler);
            expect(handler.elements).toEqual(taken);
            expect(channel.reader.bytesRead).toBe(channel.writer.bytesWritten);
          },
        ),
        { numRuns: 400 },
      );
    });
  });
}

function run(command: Command, channel: Channel, handler: CollectingHandler, taken: string[]): void {
  switch (command.kind) {
    case 'record':
      if (channel.writer.offerRecord(command.value, command.timestampMs, command.keyGroup)) {
        taken.push(recordText(command.value, command.timestampMs, command.keyGroup));
      }
      return;
    case 'control':
      if (channel.writer.offerControl(command.element)) taken.push(JSON.stringify(command.element));
      return;
    case 'flush':
      return channel.writer.flush();
    case 'poll':
      handler.stopAfter(command.stopAfter);
      channel.reader.poll(handler, command.limit);
  }
}

/** As a slot does that has nothing else to do: flush and poll until all is through. */
export function drain(channel: Channel, handler: CollectingHandler): void {
  handler.stopAfter(Number.POSITIVE_INFINITY);
  while (channel.writer.hasUnflushed || !channel.reader.isEmpty) {
    channel.writer.flush();
    const count = channel.reader.poll(handler, 1000);
    // A large frame passes in parts: then there is no element yet, but room for the next part.
    if (count === 0 && !channel.writer.hasUnflushed) expect(channel.reader.isEmpty).toBe(true);
  }
}

function arbitraryCommand(): fc.Arbitrary<Command> {
  const value = fc.oneof(
    { weight: 4, arbitrary: arbitraryRecord() },
    { weight: 2, arbitrary: arbitraryValue() },
    { weight: 2, arbitrary: arbitraryText() },
    { weight: 1, arbitrary: fc.tuple(arbitraryText(), fc.nat(400)).map(([text, count]) => text.repeat(count)) },
  );
  const timestampMs = fc.oneof(fc.maxSafeInteger(), fc.constant(NO_TIMESTAMP));
  const keyGroup = fc.oneof(fc.nat(32_767), fc.constant(NO_KEY_GROUP));
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('record' as const), value, timestampMs, keyGroup }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('control' as const), element: arbitraryControl() }) },
    { weight: 3, arbitrary: fc.constant({ kind: 'flush' as const }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('poll' as const),
        limit: fc.nat(20),
        stopAfter: fc.integer({ min: 1, max: 9 }),
      }),
    },
  );
}

function arbitraryControl(): fc.Arbitrary<ControlElement> {
  return fc.oneof(
    fc.integer({ min: 1, max: 2 ** 31 - 1 }).map(barrier),
    fc.integer({ min: 1 }).map((id): ControlElement => ({ kind: 'cancel-checkpoint', checkpointId: checkpointId(id) })),
    fc.maxSafeInteger().map((timestampMs): ControlElement => ({ kind: 'watermark', timestampMs })),
    fc.boolean().map((isIdle): ControlElement => ({ kind: 'status', isIdle })),
  );
}

function barrier(id: number): CheckpointBarrier {
  return {
    kind: 'barrier',
    checkpointId: checkpointId(id),
    timestampMs: 1000 + id,
    alignment: 'exactly-once-aligned',
    stateMode: 'incremental',
  };
}

function recordText(value: unknown, timestampMs: number, keyGroup: number): string {
  return `${describeValue(value)} at ${timestampMs} in ${keyGroup}`;
}
