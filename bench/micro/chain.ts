// What a record costs from the source to the end of its chain: `node --conditions=source bench/micro/chain.ts`. Each case adds one
// step to the one before it. Figures are ns of CPU time for each event, which other programs of the machine disturb less than they
// do the clock; each case has a thread of its own several times, in turn, so that none sees code compiled for another.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { must } from '../../src/base/assert.ts';
import type { OperatorContext, OperatorFactory } from '../../src/base/operator.ts';
import { SubtaskMetrics } from '../../src/base/metrics.ts';
import type { SinkWriter } from '../../src/base/sink.ts';
import type { ReaderContext, ReaderOutput } from '../../src/base/source.ts';
import { DataGenerator, WatermarkStrategy } from '../../src/index.ts';
import { generatorSplit } from '../../src/connectors/datagen/generator-split.ts';
import { nodeEnvironment, silentLogger } from '../../src/host/node/node-environment.ts';
import { filterOperator } from '../../src/operators/filter-operator.ts';
import { mapOperator } from '../../src/operators/map-operator.ts';
import { ChainOutput, OperatorTarget } from '../../src/task/chain-output.ts';
import type { OutputTarget } from '../../src/task/chain-output.ts';
import { generatedCollect } from '../../src/task/generated-collect.ts';
import { SinkOperator } from '../../src/task/sink-operator.ts';
import type { SinkRuntime } from '../../src/task/sink-operator.ts';
import { SourceInput } from '../../src/task/source-input.ts';
import { eventAt } from '../nexmark/generator.ts';
import type { Bid, NexmarkEvent } from '../nexmark/generator.ts';

const ROUNDS = 5;
const BATCH = 1_000_000;
const BATCHES = 12;
/** Records of one poll. */
const POLL_LIMIT = 4096;

/** Keeps the latest values, so that none is optimised away. */
class KeepingTarget implements OutputTarget {
  count = 0;
  readonly #kept: unknown[] = Array.from({ length: 64 });

  push(value: unknown): void {
    this.#kept[this.count++ & 63] = value;
  }
}

const isBid = filterOperator((event: NexmarkEvent) => event.kind === 'bid');
const bidRow = mapOperator(({ auction, bidder, price, dateTime, extra }: Bid) => ({
  auction,
  bidder,
  price,
  dateTime,
  extra,
}));
const same = mapOperator((row: object) => row);

class CountingWriter implements SinkWriter<unknown, unknown, unknown> {
  readonly isWritable = true;
  count = 0;
  readonly write = (): void => {
    this.count++;
  };

  open(): void {}
  prepareCommit(): readonly unknown[] {
    return [];
  }
  snapshotState(): readonly unknown[] {
    return [];
  }
  durable(): Promise<void> {
    return Promise.resolve();
  }
  close(): void {}
}

const counting: OperatorFactory = {
  kind: 'sink',
  states: [],
  isStateful: false,
  create: () =>
    new SinkOperator(
      { kind: 'counting', guarantee: 'none', identity: () => [], createWriter: () => new CountingWriter() },
      { writerContext: {} as SinkRuntime['writerContext'], committerRetries: 0, restoredPermit: undefined },
    ),
};

/** Each makes a function that lets a million events pass. */
const CASES: Readonly<Record<string, () => () => void>> = {
  'events in a loop': () => loopOf(),
  'reader of the source': () => readingInto(new KeepingTarget()),
  'timestamps and watermarks': () => passing([], false),
  'filter: is it a bid?': () => passing([isBid], true),
  'map: five fields of it': () => passing([isBid, bidRow], true),
  'map: the same, again': () => passing([isBid, bidRow, same], true),
  'sink that counts': () => passing([isBid, bidRow, same, counting], true),
  'as before, without generated code': () => passing([isBid, bidRow, same, counting], false),
};

function loopOf(): () => void {
  const target = new KeepingTarget();
  let next = 0;
  return () => {
    for (const end = next + BATCH; next < end; next++) target.push(eventAt(next));
  };
}

const environment = nodeEnvironment();

function readerContext(): ReaderContext {
  return {
    environment,
    logger: silentLogger,
    metrics: new SubtaskMetrics(),
    subtaskIndex: 0,
    parallelism: 1,
    requestSplit: () => {},
    wakeUp: () => {},
    fail: (error) => {
      throw error;
    },
    signal: new AbortController().signal,
  };
}

function readingInto(target: KeepingTarget): () => void {
  const reader = DataGenerator.of(eventAt).createReader(readerContext());
  const output: ReaderOutput<unknown> = {
    isFull: false,
    collect: (_split, value) => target.push(value),
    collectSide: () => {},
    splitFinished: () => {},
  };
  reader.addSplits([generatorSplit(0, 1)]);
  return () => {
    for (const end = target.count + BATCH; target.count < end;) reader.poll(output, POLL_LIMIT);
  };
}

function passing(operators: readonly OperatorFactory[], isGenerated: boolean): () => void {
  const source = DataGenerator.of(eventAt);
  const reader = source.createReader(readerContext());
  const output = outputTo(operators);
  if (isGenerated) output.collect = generatedCollect(output, false);
  const input = new SourceInput({
    source,
    head: { name: 'events', uid: 'events' },
    reader,
    watermarks: WatermarkStrategy.forBoundedOutOfOrderness('1 s').withTimestampAssigner(
      // All that this source makes.
      (event: unknown) => (event as NexmarkEvent).dateTime,
    ),
    output,
    environment,
    autoWatermarkIntervalMs: 200,
    freezeValues: false,
    isFull: () => false,
    isWatermarkFree: () => true,
    onWatermark: () => {},
    onStatus: () => {},
  });
  input.handleEvent({ kind: 'add-splits', splits: [generatorSplit(0, 1)] });
  return () => {
    for (const end = input.recordsRead + BATCH; input.recordsRead < end;) input.poll(POLL_LIMIT);
  };
}

function outputTo([first, ...rest]: readonly OperatorFactory[]): ChainOutput {
  const output = new ChainOutput();
  output.connect(first === undefined ? new KeepingTarget() : targetOf(first, outputTo(rest)), undefined);
  return output;
}

function targetOf(factory: OperatorFactory, output: ChainOutput): OperatorTarget {
  const operator = factory.create();
  // What these operators read of it.
  const operatorState = { listState: () => ({ get: () => [], update: () => {} }), isRestored: false };
  const metrics = new SubtaskMetrics();
  const context = { output, operatorName: factory.kind, checkMutation: false, operatorState, metrics, environment };
  operator.setup(context as unknown as OperatorContext);
  const named = { name: factory.kind, uid: factory.kind };
  const input = operator.input(0);
  const catchUp = (): void => {};
  return new OperatorTarget({ input, operator: named, step: operator.recordStep, output, waiting: [], catchUp });
}

/** The median batch, ns of CPU time for each event. */
function measured(run: () => void): number {
  const times = Array.from({ length: BATCHES }, () => {
    const before = process.threadCpuUsage();
    run();
    const { user, system } = process.threadCpuUsage(before);
    return ((user + system) * 1000) / BATCH;
  });
  return median(times);
}

function median(values: readonly number[]): number {
  return must(values.toSorted((a, b) => a - b)[values.length >> 1], 'measured time');
}

function inThread(name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: name });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

if (isMainThread) {
  const times = new Map<string, number[]>(Object.keys(CASES).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, ofCase] of times) ofCase.push(await inThread(name));
  }
  let before = 0;
  for (const [name, ofCase] of times) {
    const middle = median(ofCase);
    const step = before === 0 ? '' : `  ${(middle - before).toFixed(1).padStart(6)} more`;
    console.log(`${name.padEnd(36)} ${middle.toFixed(1).padStart(6)} ns${step}`);
    before = middle;
  }
} else {
  const make = must(CASES[String(workerData)], 'case');
  parentPort?.postMessage(measured(make()));
}
