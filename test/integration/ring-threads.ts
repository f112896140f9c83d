/** The threads of ring-threads.test.ts: a producer and a consumer that poll and sleep as a slot does. */
import { parentPort, workerData } from 'node:worker_threads';
import { nodeStrings } from '../../src/host/node/node-strings.ts';
import { END_OF_INPUT } from '../../src/base/elements.ts';
import type { ElementHandler } from '../../src/base/elements.ts';
import { ValueEncoder } from '../../src/codec/value-encoder.ts';
import { Doorbell } from '../../src/exchange/doorbell.ts';
import { createRingReader, createRingWriter } from '../../src/exchange/ring-channel.ts';

export interface RingThreadData {
  readonly role: 'producer' | 'consumer';
  readonly ring: SharedArrayBuffer;
  readonly pageBytes: number;
  readonly doorbells: SharedArrayBuffer;
  readonly recordCount: number;
  /** Records between two flushes. */
  readonly stepRecords: number;
}

export interface RingThreadResult {
  readonly recordCount: number;
  /** The first record that was not the one expected. */
  readonly firstWrong: unknown;
}

const data = workerData as RingThreadData;
const producerBell = new Doorbell(new Int32Array(data.doorbells, 0, 2));
const consumerBell = new Doorbell(new Int32Array(data.doorbells, 8, 2));
// What a slot holds while it sleeps: waiting for a doorbell alone does not keep a thread alive.
const keepAlive = setInterval(() => {}, 2 ** 30);
parentPort?.postMessage(data.role === 'producer' ? await produce() : await consume());
clearInterval(keepAlive);

function recordAt(index: number): object {
  const wide = index % 1000 === 0 ? '漢字' : 'plain';
  return { id: index, amount: index / 4, name: `name ${index % 97}`, wide, even: index % 2 === 0 };
}

async function produce(): Promise<RingThreadResult> {
  const writer = createRingWriter(data.ring, {
    strings: nodeStrings,
    encoder: new ValueEncoder(nodeStrings),
    notify: () => consumerBell.ring(),
    pageBytes: data.pageBytes,
  });
  let next = 0;
  let isEnded = false;
  const step = (): boolean => {
    const before = next;
    const end = Math.min(next + data.stepRecords, data.recordCount);
    while (next < end && writer.offerRecord(recordAt(next), next, next % 128)) next++;
    if (next === data.recordCount && !isEnded) isEnded = writer.offerControl(END_OF_INPUT);
    writer.flush();
    return next > before;
  };
  await runSlot(producerBell, step, () => isEnded && !writer.hasUnflushed);
  return { recordCount: next, firstWrong: undefined };
}

async function consume(): Promise<RingThreadResult> {
  const notify = (): void => producerBell.ring();
  const reader = createRingReader(data.ring, { strings: nodeStrings, notify, pageBytes: data.pageBytes });
  let count = 0;
  let isEnded = false;
  let firstWrong: unknown;
  const handler: ElementHandler = {
    onRecord: (value, timestampMs, keyGroup) => {
      const isExpected = timestampMs === count && keyGroup === count % 128;
      if (!isExpected || JSON.stringify(value) !== JSON.stringify(recordAt(count))) {
        firstWrong ??= { count, value, timestampMs, keyGroup };
      }
      count++;
      return true;
    },
    onControl: () => {
      isEnded = true;
    },
  };
  await runSlot(
    consumerBell,
    () => reader.poll(handler, 1000) > 0,
    () => isEnded,
  );
  return { recordCount: count, firstWrong };
}

/** The order of doorbell.ts. */
async function runSlot(bell: Doorbell, step: () => boolean, isDone: () => boolean): Promise<void> {
  while (!isDone()) {
    if (step()) continue;
    const seen = bell.prepareSleep();
    if (!step() && !isDone()) await bell.waitAsync(seen);
    bell.endSleep();
  }
}
