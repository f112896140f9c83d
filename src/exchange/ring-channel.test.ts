/** What is particular to rings; what they share with other channels stands in test/contract/channel.ts. */
import { describe, expect, test } from 'vitest';
import { testStrings } from '../../test/support/strings.ts';
import type { ChannelReader, ChannelWriter } from '../base/channel.ts';
import { END_OF_INPUT, NO_KEY_GROUP } from '../base/elements.ts';
import type { ControlElement, ElementHandler } from '../base/elements.ts';
import { NO_TIMESTAMP } from '../base/event-time.ts';
import { ValueEncoder } from '../codec/value-encoder.ts';
import { ELEMENT_BYTES_MAX } from './frame.ts';
import { createRingReader, createRingWriter, ringBytes } from './ring-channel.ts';
import type { RingOptions } from './ring-channel.ts';

class Ring implements ElementHandler {
  readonly writer: ChannelWriter;
  readonly reader: ChannelReader;
  readonly values: unknown[] = [];
  readonly controls: ControlElement[] = [];
  producerRings = 0;
  consumerRings = 0;

  constructor(options: RingOptions, encoder: ValueEncoder = new ValueEncoder(testStrings)) {
    const ring = new SharedArrayBuffer(ringBytes(options));
    const common = {
      strings: testStrings,
      ...(options.pageBytes === undefined ? {} : { pageBytes: options.pageBytes }),
    };
    this.writer = createRingWriter(ring, { ...common, encoder, notify: () => this.producerRings++ });
    this.reader = createRingReader(ring, { ...common, notify: () => this.consumerRings++ });
  }

  offer(value: unknown): boolean {
    return this.writer.offerRecord(value, NO_TIMESTAMP, NO_KEY_GROUP);
  }

  poll(limit: number = 1_000_000): number {
    return this.reader.poll(this, limit);
  }

  onRecord(value: unknown): boolean {
    this.values.push(value);
    return true;
  }

  onControl(element: ControlElement): void {
    this.controls.push(element);
  }
}

describe('publication', () => {
  test('happens at a flush when the consumer has nothing to read', () => {
    const ring = new Ring({ pageCount: 4 });
    ring.offer(1);
    expect([ring.reader.isEmpty, ring.writer.hasUnflushed, ring.producerRings]).toEqual([true, true, 0]);
    ring.writer.flush();
    expect([ring.reader.isEmpty, ring.writer.hasUnflushed, ring.producerRings]).toEqual([false, false, 1]);
  });

  test('waits for a full page while the consumer still has something to read', () => {
    const ring = new Ring({ pageCount: 4 });
    ring.offer(1);
    ring.writer.flush();
    ring.offer(2);
    ring.writer.flush();
    expect([ring.poll(), ring.writer.hasUnflushed]).toEqual([1, true]);
    ring.writer.flush();
    expect([ring.poll(), ring.writer.hasUnflushed]).toEqual([1, false]);
  });

  test('happens without a flush when a page is full', () => {
    const ring = new Ring({ pageCount: 4, pageBytes: 256 });
    for (let value = 0; value < 60; value++) ring.offer(value);
    expect(ring.producerRings).toBeGreaterThan(0);
    expect(ring.poll()).toBeGreaterThan(30);
  });

  test('rings for the producer each time a page comes back', () => {
    const ring = new Ring({ pageCount: 2, pageBytes: 128 });
    while (ring.offer('some text')) continue;
    const before = ring.consumerRings;
    ring.poll();
    expect(ring.consumerRings).toBe(before + 2);
    expect(ring.offer('more text')).toBe(true);
  });
});

describe('a record', () => {
  test.each([1000, 100_000, 3_000_000])('of %i characters passes a ring of 4 KiB', (length) => {
    const ring = new Ring({ pageCount: 4, pageBytes: 1024 });
    const texts = ['x'.repeat(length), 'ü'.repeat(length), '漢'.repeat(length)];
    for (const text of ['before', ...texts, 'after']) {
      while (!ring.offer({ text })) ring.poll();
    }
    while (ring.writer.hasUnflushed || !ring.reader.isEmpty) {
      ring.writer.flush();
      ring.poll();
    }
    expect(ring.values).toEqual(['before', ...texts, 'after'].map((text) => ({ text })));
  });

  test('that is too large is refused, and the channel goes on', () => {
    const ring = new Ring({ pageCount: 4 });
    ring.offer({ id: 1, text: 'first' });
    const tooLarge = { id: 2, text: 'x'.repeat(ELEMENT_BYTES_MAX), extra: { never: 'seen' } };
    expect(() => ring.offer(tooLarge)).toThrow(expect.objectContaining({ code: 'RECORD_TOO_LARGE' }));
    ring.offer({ id: 3, text: 'third' });
    ring.offer({ id: 4, text: 'fourth', extra: { never: 'said' } });
    ring.writer.flush();
    ring.poll();
    expect(ring.values).toEqual([
      { id: 1, text: 'first' },
      { id: 3, text: 'third' },
      { id: 4, text: 'fourth', extra: { never: 'said' } },
    ]);
  });

  test('that cannot be encoded is refused, and the channel goes on', () => {
    const ring = new Ring({ pageCount: 4 });
    ring.offer({ id: 1, text: 'first' });
    expect(() => ring.offer({ id: 2, text: 'second', bad: () => 1 })).toThrow("'value.bad' failed: it is a function");
    ring.offer({ id: 3, text: 'third' });
    ring.writer.offerControl(END_OF_INPUT);
    ring.writer.flush();
    ring.poll();
    expect(ring.values).toEqual([
      { id: 1, text: 'first' },
      { id: 3, text: 'third' },
    ]);
    expect(ring.controls).toEqual([END_OF_INPUT]);
  });

  test('that was read does not change when its page is used again', () => {
    const ring = new Ring({ pageCount: 1, pageBytes: 512 });
    ring.offer({ bytes: new Uint8Array([1, 2, 3]), text: 'a text of some length', buffer: new Uint8Array([4]).buffer });
    ring.writer.flush();
    ring.poll();
    for (let round = 0; round < 5; round++) {
      ring.offer({ bytes: new Uint8Array(50).fill(9), text: 'z'.repeat(60), buffer: new ArrayBuffer(8) });
      ring.writer.flush();
      ring.poll();
    }
    expect(ring.values[0]).toEqual({
      bytes: new Uint8Array([1, 2, 3]),
      text: 'a text of some length',
      buffer: new Uint8Array([4]).buffer,
    });
  });
});

describe('channels of one subtask', () => {
  test('share what their encoder has learned, and each defines it for its own reader', () => {
    const encoder = new ValueEncoder(testStrings);
    const rings = Array.from({ length: 3 }, () => new Ring({ pageCount: 2 }, encoder));
    const values = [{ id: 1 }, { id: 2.5 }, { id: 'x' }, { id: 4, name: 'y' }, { id: 5 }, { id: null, name: 'z' }];
    for (let round = 0; round < 50; round++) {
      for (const [index, value] of values.entries()) rings[(round * 7 + index) % 3]?.offer({ ...value, round });
    }
    for (const ring of rings) {
      ring.writer.flush();
      ring.poll();
    }
    const read = rings.flatMap((ring) => ring.values);
    expect(read).toHaveLength(50 * values.length);
    const sent = Array.from({ length: 50 }, (_, round) => values.map((value) => ({ ...value, round }))).flat();
    expect(sorted(read)).toEqual(sorted(sent));
  });

  test('keep the shapes that others refer to', () => {
    const encoder = new ValueEncoder(testStrings);
    const ring = new Ring({ pageCount: 2 }, encoder);
    expect(ring.offer({ id: 1 })).toBe(true);
    expect(() => encoder.reset()).toThrow('Forgetting shapes that other streams refer to');
  });
});

function sorted(values: readonly unknown[]): string[] {
  return values.map((value) => JSON.stringify(value)).toSorted();
}
