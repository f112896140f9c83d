// Channels: node bench/micro/ring.ts. First both ends on one thread (times are for what fills the channel once), then a ring between
// two threads, both of which spin: two idle cores are needed for a figure that means anything.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { bench, group, run } from 'mitata';
import { nodeStrings } from '../../src/host/node/node-strings.ts';
import type { Channel, ChannelReader, ChannelWriter } from '../../src/base/channel.ts';
import { END_OF_INPUT } from '../../src/base/elements.ts';
import type { ElementHandler } from '../../src/base/elements.ts';
import { ValueEncoder } from '../../src/codec/value-encoder.ts';
import { createLocalChannel } from '../../src/exchange/local-channel.ts';
import { createRingReader, createRingWriter, ringBytes } from '../../src/exchange/ring-channel.ts';
import { BIDS, COUNTS } from './records.ts';

const PAGE_COUNT = 8;
const THREAD_RECORDS = 10_000_000;

class CountingHandler implements ElementHandler {
  count = 0;
  isEnded = false;

  onRecord(): boolean {
    this.count++;
    return true;
  }

  onControl(): void {
    this.isEnded = true;
  }
}

function writerOf(ring: SharedArrayBuffer): ChannelWriter {
  return createRingWriter(ring, { strings: nodeStrings, encoder: new ValueEncoder(nodeStrings), notify: () => {} });
}

function readerOf(ring: SharedArrayBuffer): ChannelReader {
  return createRingReader(ring, { strings: nodeStrings, notify: () => {} });
}

function newRing(): SharedArrayBuffer {
  return new SharedArrayBuffer(ringBytes({ pageCount: PAGE_COUNT }));
}

function ringChannel(): Channel {
  const ring = newRing();
  return { writer: writerOf(ring), reader: readerOf(ring) };
}

function fill(writer: ChannelWriter, records: readonly object[]): number {
  let count = 0;
  while (writer.offerRecord(records[count % records.length], count, count % 128)) count++;
  return count;
}

function drain(reader: ChannelReader, handler: CountingHandler): void {
  while (!reader.isEmpty) reader.poll(handler, 1000);
}

function channelBench(name: string, channel: Channel, records: readonly object[]): void {
  const handler = new CountingHandler();
  fill(channel.writer, records);
  drain(channel.reader, handler);
  const recordCount = fill(channel.writer, records);
  drain(channel.reader, handler);
  bench(`${name}, fill and drain ${recordCount} records`, () => {
    fill(channel.writer, records);
    drain(channel.reader, handler);
  });
}

async function betweenThreads(name: string, kind: 'bids' | 'counts'): Promise<void> {
  const ring = newRing();
  const start = process.hrtime.bigint();
  await Promise.all([runThread({ role: 'producer', ring, kind }), runThread({ role: 'consumer', ring, kind })]);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  console.log(`ring between two threads, ${name}: ${(THREAD_RECORDS / seconds / 1e6).toFixed(1)} M records/s`);
}

interface ThreadData {
  readonly role: 'producer' | 'consumer';
  readonly ring: SharedArrayBuffer;
  readonly kind: 'bids' | 'counts';
}

function runThread(data: ThreadData): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: data });
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
}

function produce(writer: ChannelWriter, records: readonly object[]): void {
  let next = 0;
  while (next < THREAD_RECORDS) if (writer.offerRecord(records[next % records.length], next, next % 128)) next++;
  while (!writer.offerControl(END_OF_INPUT)) writer.flush();
  while (writer.hasUnflushed) writer.flush();
}

function consume(reader: ChannelReader): void {
  const handler = new CountingHandler();
  while (!handler.isEnded) reader.poll(handler, 1000);
}

if (isMainThread) {
  group('both ends on one thread', () => {
    channelBench('ring, 7 fields, 3 strings', ringChannel(), BIDS);
    channelBench('ring, 5 numbers', ringChannel(), COUNTS);
    channelBench('queue of objects', createLocalChannel({ capacityRecords: 1024 }), BIDS);
  });
  await run();
  await betweenThreads('7 fields, 3 strings', 'bids');
  await betweenThreads('5 numbers', 'counts');
} else {
  const { role, ring, kind } = workerData as ThreadData;
  if (role === 'producer') produce(writerOf(ring), kind === 'bids' ? BIDS : COUNTS);
  else consume(readerOf(ring));
  parentPort?.postMessage('done');
}
