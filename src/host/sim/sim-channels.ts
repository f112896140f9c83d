/**
 * The channels of one simulated attempt: each is a ring or a queue as the seed has it, and so small that it fills. A ring wakes
 * the other side as between threads, by its doorbell; a queue between two slots wakes it whenever something went in or out.
 *
 * Watches on the way: watermarks of a channel never go back.
 */
import { assert, must } from '../../base/assert.ts';
import type { ChannelReader, ChannelWriter } from '../../base/channel.ts';
import type { ControlElement, ElementHandler } from '../../base/elements.ts';
import { WATERMARK_MIN } from '../../base/event-time.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { StringBytes } from '../../base/string-bytes.ts';
import { ValueEncoder } from '../../codec/value-encoder.ts';
import { createLocalChannel } from '../../exchange/local-channel.ts';
import { createRingReader, createRingWriter, ringBytes } from '../../exchange/ring-channel.ts';
import type { ChannelSpec } from '../../graph/execution-graph.ts';
import type { ChannelEnds } from '../slot-assembly.ts';
import type { SimRandom } from './sim-random.ts';

export interface SimChannelsOptions {
  readonly strings: StringBytes;
  readonly random: SimRandom;
  readonly wakeUp: (slotIndex: number) => void;
  /** Called before each record that goes in; what it throws, the emitting subtask fails with. */
  readonly beforeRecord: () => void;
}

interface Ends {
  readonly writer: ChannelWriter;
  readonly reader: ChannelReader;
}

const QUEUE_RECORDS_MAX = 12;
const RING_PAGES_MAX = 3;
const RING_PAGE_BYTES: readonly number[] = [64, 128, 256, 1024];

export class SimChannels implements ChannelEnds {
  readonly #options: SimChannelsOptions;
  readonly #ends = new Map<number, Ends>();
  /** By producing subtask: shapes belong to its attempt. */
  readonly #encoders = new Map<string, ValueEncoder>();

  constructor(options: SimChannelsOptions) {
    this.#options = options;
  }

  writer(spec: ChannelSpec): ChannelWriter {
    return this.#channel(spec).writer;
  }

  reader(spec: ChannelSpec): ChannelReader {
    return this.#channel(spec).reader;
  }

  #channel(spec: ChannelSpec): Ends {
    if (!this.#ends.has(spec.index)) this.#ends.set(spec.index, this.#make(spec));
    return must(this.#ends.get(spec.index), 'channel');
  }

  #make(spec: ChannelSpec): Ends {
    const { random, wakeUp, beforeRecord } = this.#options;
    const wakeProducer = (): void => wakeUp(spec.upstreamSubtask);
    const wakeConsumer = (): void => wakeUp(spec.downstreamSubtask);
    const ends = random.chance(0.6)
      ? this.#ring(spec, wakeProducer, wakeConsumer)
      : this.#queue(wakeProducer, wakeConsumer);
    return { reader: ends.reader, writer: new WatchedWriter(ends.writer, beforeRecord) };
  }

  #ring(spec: ChannelSpec, wakeProducer: () => void, wakeConsumer: () => void): Ends {
    const { random, strings } = this.#options;
    const pageBytes = must(RING_PAGE_BYTES[random.nextInt(RING_PAGE_BYTES.length)], 'page size');
    const ring = new SharedArrayBuffer(ringBytes({ pageCount: 1 + random.nextInt(RING_PAGES_MAX), pageBytes }));
    return {
      writer: createRingWriter(ring, { strings, encoder: this.#encoder(spec), notify: wakeConsumer, pageBytes }),
      reader: createRingReader(ring, { strings, notify: wakeProducer, pageBytes }),
    };
  }

  #queue(wakeProducer: () => void, wakeConsumer: () => void): Ends {
    const capacityRecords = 1 + this.#options.random.nextInt(QUEUE_RECORDS_MAX);
    const { writer, reader } = createLocalChannel({ capacityRecords });
    return { writer: new WakingWriter(writer, wakeConsumer), reader: new WakingReader(reader, wakeProducer) };
  }

  #encoder(spec: ChannelSpec): ValueEncoder {
    const owner = `${spec.edge.sourceVertex}#${spec.upstreamSubtask}`;
    let encoder = this.#encoders.get(owner);
    if (encoder === undefined) {
      encoder = new ValueEncoder(this.#options.strings, { owner });
      this.#encoders.set(owner, encoder);
    }
    return encoder;
  }
}

abstract class PassingWriter implements ChannelWriter {
  protected readonly writer: ChannelWriter;

  constructor(writer: ChannelWriter) {
    this.writer = writer;
  }

  get hasUnflushed(): boolean {
    return this.writer.hasUnflushed;
  }

  get bytesWritten(): number {
    return this.writer.bytesWritten;
  }

  abstract offerRecord(value: unknown, timestampMs: EventTimeMs, keyGroup: number): boolean;

  abstract offerControl(element: ControlElement): boolean;

  flush(): void {
    this.writer.flush();
  }
}

class WatchedWriter extends PassingWriter {
  readonly #beforeRecord: () => void;
  #watermarkMs: EventTimeMs = WATERMARK_MIN;

  constructor(writer: ChannelWriter, beforeRecord: () => void) {
    super(writer);
    this.#beforeRecord = beforeRecord;
  }

  offerRecord(value: unknown, timestampMs: EventTimeMs, keyGroup: number): boolean {
    this.#beforeRecord();
    return this.writer.offerRecord(value, timestampMs, keyGroup);
  }

  offerControl(element: ControlElement): boolean {
    if (!this.writer.offerControl(element)) return false;
    if (element.kind === 'watermark') {
      const { timestampMs } = element;
      assert(
        timestampMs >= this.#watermarkMs,
        () => `A channel's watermark goes back from ${this.#watermarkMs} to ${timestampMs}`,
      );
      this.#watermarkMs = timestampMs;
    }
    return true;
  }
}

class WakingWriter extends PassingWriter {
  readonly #wakeConsumer: () => void;

  constructor(writer: ChannelWriter, wakeConsumer: () => void) {
    super(writer);
    this.#wakeConsumer = wakeConsumer;
  }

  offerRecord(value: unknown, timestampMs: EventTimeMs, keyGroup: number): boolean {
    const isTaken = this.writer.offerRecord(value, timestampMs, keyGroup);
    if (isTaken) this.#wakeConsumer();
    return isTaken;
  }

  offerControl(element: ControlElement): boolean {
    const isTaken = this.writer.offerControl(element);
    if (isTaken) this.#wakeConsumer();
    return isTaken;
  }
}

class WakingReader implements ChannelReader {
  readonly #reader: ChannelReader;
  readonly #wakeProducer: () => void;

  constructor(reader: ChannelReader, wakeProducer: () => void) {
    this.#reader = reader;
    this.#wakeProducer = wakeProducer;
  }

  get isEmpty(): boolean {
    return this.#reader.isEmpty;
  }

  get bytesRead(): number {
    return this.#reader.bytesRead;
  }

  get announcedBarrier(): number {
    return this.#reader.announcedBarrier;
  }

  poll(handler: ElementHandler, limit: number): number {
    const count = this.#reader.poll(handler, limit);
    if (count > 0) this.#wakeProducer();
    return count;
  }
}
