import { createLocalChannel } from '../../src/exchange/local-channel.ts';
import { createRingReader, createRingWriter, ringBytes } from '../../src/exchange/ring-channel.ts';
import type { RingOptions } from '../../src/exchange/ring-channel.ts';
import type { Channel } from '../../src/base/channel.ts';
import { ValueEncoder } from '../../src/codec/value-encoder.ts';
import { testStrings } from '../support/strings.ts';
import { describeChannelContract } from './channel.ts';

describeChannelContract({
  name: 'local queue',
  makeChannel: (size) => createLocalChannel({ capacityRecords: size === 'small' ? 3 : 1000 }),
});

describeChannelContract({
  name: 'local queue bounded in bytes',
  makeChannel: (size) =>
    createLocalChannel({ capacityRecords: 1000, capacityBytes: size === 'small' ? 100 : 1_000_000 }),
});

describeChannelContract({
  name: 'ring of small pages',
  makeChannel: (size) => ringChannel({ pageCount: size === 'small' ? 2 : 7, pageBytes: size === 'small' ? 64 : 4096 }),
});

describeChannelContract({
  name: 'ring of one page',
  makeChannel: () => ringChannel({ pageCount: 1, pageBytes: 8192 }),
});

describeChannelContract({ name: 'ring as in production', makeChannel: () => ringChannel({ pageCount: 4 }) });

function ringChannel(options: RingOptions): Channel {
  const ring = new SharedArrayBuffer(ringBytes(options));
  const ends = {
    strings: testStrings,
    notify: () => {},
    ...(options.pageBytes === undefined ? {} : { pageBytes: options.pageBytes }),
  };
  return {
    writer: createRingWriter(ring, { ...ends, encoder: new ValueEncoder(testStrings) }),
    reader: createRingReader(ring, ends),
  };
}
