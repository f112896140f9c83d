import { DataGenerator, job, ProcessWindowFunction, TumblingEventTimeWindows, WatermarkStrategy } from 'millrace';
import type { AggregateFunction, Collector, JobDefinition, TimeWindow } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { requireSameLines } from 'millrace/testing';
import type { SimulationScenario } from 'millrace/testing';

const RECORDS = 300;
const KEYS = 5;
const WINDOW_MS = 30;
/** How far records are out of order: the watermarks leave room for it, so that none is late. */
const DISORDER_MS = 8;

interface Delay {
  readonly key: string;
  readonly timeMs: number;
  readonly minutes: number;
}

interface Sum {
  count: number;
  minutes: number;
}

const sumOfDelays: AggregateFunction<Delay, Sum, Sum> = {
  createAccumulator: () => ({ count: 0, minutes: 0 }),
  add: (delay, sum) => {
    sum.count++;
    sum.minutes += delay.minutes;
    return sum;
  },
  getResult: (sum) => sum,
};

class WithWindow extends ProcessWindowFunction<Sum, string, string, TimeWindow> {
  override process(key: string, context: this['Context'], sums: Iterable<Sum>, out: Collector<string>): void {
    for (const { count, minutes } of sums) out.collect(resultLine(key, context.window.startMs, count, minutes));
  }
}

function resultLine(key: string, startMs: number, count: number, minutes: number): string {
  return `${key} ${startMs} ${count} ${minutes}`;
}

function delayOf(index: number): Delay {
  return { key: `k${index % KEYS}`, timeMs: index + ((index * 7) % DISORDER_MS), minutes: index % 13 };
}

const windowsJob: JobDefinition = job('windows', (env) => {
  env.enableCheckpointing('20 ms');
  env
    .fromSource(
      DataGenerator.of(delayOf, { count: RECORDS, recordsPerSecond: 1500 }),
      WatermarkStrategy.forBoundedOutOfOrderness<Delay>(`${DISORDER_MS} ms`).withTimestampAssigner(
        (delay) => delay.timeMs,
      ),
      'delays',
    )
    .uid('delays')
    .keyBy((delay) => delay.key)
    .window(TumblingEventTimeWindows.of(`${WINDOW_MS} ms`))
    .aggregate(sumOfDelays, new WithWindow())
    .uid('sums')
    .sinkTo(FileSink.text('/output', { bucket: (line) => line.slice(0, 2) }))
    .uid('results');
});

export const windows: SimulationScenario = {
  name: 'windows',
  job: windowsJob,
  outputs: ['/output'],
  check: (output) => requireSameLines(output.lines('/output'), expectedLines(), 'windows'),
};

function expectedLines(): readonly string[] {
  const sums = new Map<string, { readonly key: string; readonly startMs: number; readonly sum: Sum }>();
  for (let index = 0; index < RECORDS; index++) {
    const delay = delayOf(index);
    const startMs = Math.floor(delay.timeMs / WINDOW_MS) * WINDOW_MS;
    const id = `${delay.key} ${startMs}`;
    const entry = sums.get(id) ?? { key: delay.key, startMs, sum: sumOfDelays.createAccumulator() };
    sumOfDelays.add(delay, entry.sum);
    sums.set(id, entry);
  }
  return [...sums.values()].map(({ key, startMs, sum }) => resultLine(key, startMs, sum.count, sum.minutes));
}
