/**
 * The channels of one slot's thread: a local queue where both subtasks are in this slot, one end of a ring where the other one
 * is elsewhere. All rings that a subtask writes share that subtask's encoder: shapes belong to the producer's attempt.
 */
import { must } from '../../base/assert.ts';
import type { Channel, ChannelReader, ChannelWriter } from '../../base/channel.ts';
import type { Logger } from '../../base/environment.ts';
import type { OperatorId } from '../../base/ids.ts';
import type { StringBytes } from '../../base/string-bytes.ts';
import { ValueEncoder } from '../../codec/value-encoder.ts';
import type { Doorbell } from '../../exchange/doorbell.ts';
import { createLocalChannel } from '../../exchange/local-channel.ts';
import { createRingReader, createRingWriter } from '../../exchange/ring-channel.ts';
import type { ChannelSpec } from '../../graph/execution-graph.ts';
import type { ChannelEnds } from '../slot-assembly.ts';
import { LOCAL_CHANNEL_RECORDS } from '../local-channels.ts';

export interface RingChannelsOptions {
  readonly rings: ReadonlyMap<number, SharedArrayBuffer>;
  /** By slot. */
  readonly doorbells: readonly Doorbell[];
  readonly strings: StringBytes;
  readonly logger: Logger;
  /** For the warning that values are encoded slowly. */
  readonly vertexName: (vertexId: OperatorId) => string;
}

export class RingChannels implements ChannelEnds {
  readonly #options: RingChannelsOptions;
  readonly #local = new Map<number, Channel>();
  readonly #encoders = new Map<OperatorId, ValueEncoder>();

  constructor(options: RingChannelsOptions) {
    this.#options = options;
  }

  writer(spec: ChannelSpec): ChannelWriter {
    if (!crossesThreads(spec)) return this.#localChannel(spec).writer;
    const { strings, doorbells } = this.#options;
    const consumer = must(doorbells[spec.downstreamSubtask], 'doorbell of the consumer');
    return createRingWriter(this.#ring(spec), { strings, encoder: this.#encoder(spec), notify: () => consumer.ring() });
  }

  reader(spec: ChannelSpec): ChannelReader {
    if (!crossesThreads(spec)) return this.#localChannel(spec).reader;
    const { strings, doorbells } = this.#options;
    const producer = must(doorbells[spec.upstreamSubtask], 'doorbell of the producer');
    return createRingReader(this.#ring(spec), { strings, notify: () => producer.ring() });
  }

  #ring(spec: ChannelSpec): SharedArrayBuffer {
    return must(this.#options.rings.get(spec.index), `ring of channel ${spec.index}`);
  }

  #encoder(spec: ChannelSpec): ValueEncoder {
    const { sourceVertex } = spec.edge;
    let encoder = this.#encoders.get(sourceVertex);
    if (encoder === undefined) {
      const { strings, logger, vertexName } = this.#options;
      const onWarning = (message: string): void => logger.log('warn', message);
      encoder = new ValueEncoder(strings, { owner: vertexName(sourceVertex), onWarning });
      this.#encoders.set(sourceVertex, encoder);
    }
    return encoder;
  }

  #localChannel(spec: ChannelSpec): Channel {
    let channel = this.#local.get(spec.index);
    if (channel === undefined) {
      channel = createLocalChannel({ capacityRecords: LOCAL_CHANNEL_RECORDS });
      this.#local.set(spec.index, channel);
    }
    return channel;
  }
}

/** Slot i runs subtask i of every vertex. */
export function crossesThreads(spec: ChannelSpec): boolean {
  return spec.upstreamSubtask !== spec.downstreamSubtask;
}
