// Where the time of a record goes between two subtasks: `node --conditions=source bench/micro/exchange.ts`. Nanoseconds a record,
// the lower quartile over batches of 180 records (a page of bids), each of records that are new: so what others do on the machine
// meanwhile, and collections of garbage, hardly show. Both ends are on one thread, so what moves between caches of cores does not.
import { eventAt, keyAt } from '../nexmark/generator.ts';
import { RecordWriter } from '../../src/exchange/record-writer.ts';
import { nodeStrings } from '../../src/host/node/node-strings.ts';
import type { Channel } from '../../src/base/channel.ts';
import { ShapeTable } from '../../src/codec/shape-table.ts';
import { ValueEncoder } from '../../src/codec/value-encoder.ts';
import { FrameReader } from '../../src/exchange/frame-reader.ts';
import { FrameWriter } from '../../src/exchange/frame-writer.ts';
import { InputGate } from '../../src/exchange/input-gate.ts';
import { createLocalChannel } from '../../src/exchange/local-channel.ts';
import { channelSelector } from '../../src/exchange/partitioner.ts';
import { createRingReader, createRingWriter, ringBytes } from '../../src/exchange/ring-channel.ts';
import { PAGE_BYTES } from '../../src/exchange/ring-layout.ts';

const BATCH = 180;
const BATCHES = 3000;
const WARM_UP_BATCHES = 500;
const TIME_MS = 1_700_000_000_000;
const KEY_GROUP = 5;
const MAX_PARALLELISM = 128;

interface Load {
  readonly name: string;
  readonly next: () => object;
  readonly key: (value: never) => unknown;
}

let eventNumber = 0;

function nextBid(): object {
  for (;;) {
    const event = eventAt(eventNumber++);
    if (event.kind === 'bid') return event;
  }
}

const LOADS: readonly Load[] = [
  { name: 'two ints', next: () => ({ key: keyAt(eventNumber++, 1_000_000), value: 1 }), key: ({ key }) => key },
  { name: 'bid, 4 ints and 4 strings', next: nextBid, key: ({ auction }) => auction },
  { name: 'bid, keyed by a string', next: nextBid, key: ({ channel }) => channel },
];

/** Nanoseconds a record, by step. */
class Budget {
  readonly #samples = new Map<string, number[]>();

  time(step: string, work: () => void): void {
    const startedMs = performance.now();
    work();
    const ns = ((performance.now() - startedMs) * 1e6) / BATCH;
    const samples = this.#samples.get(step);
    if (samples === undefined) this.#samples.set(step, [ns]);
    else samples.push(ns);
  }

  print(): void {
    for (const [step, samples] of this.#samples) {
      const sorted = samples.slice(WARM_UP_BATCHES).toSorted((left, right) => left - right);
      console.log(`  ${step.padEnd(40)} ${(sorted[sorted.length >> 2] ?? 0).toFixed(0).padStart(5)}`);
    }
  }
}

function ringChannel(): Channel {
  const ring = new SharedArrayBuffer(ringBytes({ pageCount: 16 }));
  const ends = { strings: nodeStrings, notify: () => {} };
  return {
    writer: createRingWriter(ring, { ...ends, encoder: new ValueEncoder(nodeStrings) }),
    reader: createRingReader(ring, ends),
  };
}

const takeAll = { onRecord: () => true, onControl: () => {} };

function channelSteps(
  name: string,
  channel: Channel,
  load: Load,
  budget: Budget,
): (records: readonly object[]) => void {
  // The selector is given nothing but records of the load.
  const key = { selector: load.key as (value: unknown) => unknown, hash: undefined, hashId: undefined };
  const selector = channelSelector({
    partitioner: { kind: 'hash', key },
    channelCount: 1,
    maxParallelism: MAX_PARALLELISM,
    random: { next: () => 0, nextInt: () => 0 },
  });
  const output = new RecordWriter([channel.writer], selector);
  const gate = new InputGate([{ reader: channel.reader, inputIndex: 0 }]);
  return (records) => {
    budget.time(`${name}: key, emit`, () => {
      for (const record of records) output.emit(record, TIME_MS);
      output.flush();
    });
    budget.time(`${name}: poll`, () => {
      while (gate.poll(takeAll, BATCH) > 0) output.flush();
    });
    if (name === 'queue') {
      budget.time('key group and channel', () => {
        for (const record of records) selector.channelOf(selector.keyGroupOf(record));
      });
    }
  };
}

function frameSteps(budget: Budget): (records: readonly object[]) => void {
  const writer = new FrameWriter(nodeStrings, new ShapeTable());
  const reader = new FrameReader(nodeStrings);
  const page = new Uint8Array(new SharedArrayBuffer(2 * PAGE_BYTES));
  const view = new DataView(page.buffer);
  return (records) => {
    budget.time('page: encode', () => {
      for (const record of records) writer.writeRecord(record, TIME_MS, KEY_GROUP);
    });
    budget.time('page: text in one piece', () => writer.measure());
    budget.time('page: into the ring', () => writer.writeTo(page));
    budget.time('page: its text', () => reader.open(page, view));
    budget.time('page: decode', () => {
      while (!reader.isAtEnd) reader.next(takeAll);
    });
    reader.close();
  };
}

for (const load of LOADS) {
  const budget = new Budget();
  const runs = [
    channelSteps('queue', createLocalChannel({ capacityRecords: 1024 }), load, budget),
    channelSteps('ring', ringChannel(), load, budget),
    frameSteps(budget),
  ];
  for (let batch = 0; batch < BATCHES; batch++) {
    for (const run of runs) run(Array.from({ length: BATCH }, load.next));
  }
  console.log(`${load.name}, ns a record`);
  budget.print();
}
