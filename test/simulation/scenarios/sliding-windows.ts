import { DataGenerator, job, ProcessWindowFunction, SlidingEventTimeWindows, WatermarkStrategy } from 'millrace';
import type { AggregateFunction, Collector, JobDefinition, TimeWindow } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { requireSameLines } from 'millrace/testing';
import type { SimulationScenario } from 'millrace/testing';

const RECORDS = 300;
/** Many, so that checkpoints find windows in the middle of their firing. */
const KEYS = 37;
const SIZE_MS = 40;
/** The size is no multiple of it: panes of two lengths. */
const SLIDE_MS = 15;
const OFFSET_MS = 4;
/** How far records are out of order: the watermarks leave room for it, so that none is late. */
const DISORDER_MS = 8;

interface Parcel {
  readonly key: string;
  readonly timeMs: number;
  readonly grams: number;
}

interface Sum {
  count: number;
  grams: number;
}

/** Changes what it is given and gives it away: the engine must not hand out what other windows still need. */
const sumOfParcels: AggregateFunction<Parcel, Sum, Sum> = {
  createAccumulator: () => ({ count: 0, grams: 0 }),
  add: (parcel, sum) => {
    sum.count++;
    sum.grams += parcel.grams;
    return sum;
  },
  getResult: (sum) => sum,
  merge: (a, b) => {
    b.count += a.count;
    b.grams += a.grams;
    return b;
  },
};

class WithWindow extends ProcessWindowFunction<Sum, string, string, TimeWindow> {
  override process(key: string, context: this['Context'], sums: Iterable<Sum>, out: Collector<string>): void {
    for (const { count, grams } of sums) out.collect(resultLine(key, context.window.startMs, count, grams));
  }
}

class Counted extends ProcessWindowFunction<Parcel, string, string, TimeWindow> {
  override process(key: string, context: this['Context'], parcels: Iterable<Parcel>, out: Collector<string>): void {
    const all = [...parcels];
    const grams = all.reduce((sum, parcel) => sum + parcel.grams, 0);
    out.collect(resultLine(key, context.window.startMs, all.length, grams));
  }
}

function resultLine(key: string, startMs: number, count: number, grams: number): string {
  return `${key} ${startMs} ${count} ${grams}`;
}

function parcelOf(index: number): Parcel {
  return { key: `k${index % KEYS}`, timeMs: index + ((index * 7) % DISORDER_MS), grams: index % 13 };
}

/** The same windows twice: by pane, and each by itself. */
const slidingWindowsJob: JobDefinition = job('sliding-windows', (env) => {
  env.enableCheckpointing('20 ms');
  const parcels = env
    .fromSource(
      DataGenerator.of(parcelOf, { count: RECORDS, recordsPerSecond: 1500 }),
      WatermarkStrategy.forBoundedOutOfOrderness<Parcel>(`${DISORDER_MS} ms`).withTimestampAssigner(
        (parcel) => parcel.timeMs,
      ),
      'parcels',
    )
    .uid('parcels')
    .keyBy((parcel) => parcel.key);
  const windows = parcels.window(SlidingEventTimeWindows.of(SIZE_MS, SLIDE_MS, OFFSET_MS));
  windows
    .aggregate(sumOfParcels, new WithWindow())
    .uid('by-pane')
    .sinkTo(FileSink.text('/output/by-pane'))
    .uid('results-by-pane');
  windows.process(new Counted()).uid('by-window').sinkTo(FileSink.text('/output/by-window')).uid('results-by-window');
});

export const slidingWindows: SimulationScenario = {
  name: 'sliding-windows',
  job: slidingWindowsJob,
  outputs: ['/output/by-pane', '/output/by-window'],
  check: (output) => {
    requireSameLines(output.lines('/output/by-pane'), expectedLines(), 'windows by pane');
    requireSameLines(output.lines('/output/by-window'), expectedLines(), 'windows each by itself');
  },
};

function expectedLines(): readonly string[] {
  const sums = new Map<string, { readonly key: string; readonly startMs: number; readonly sum: Sum }>();
  for (let index = 0; index < RECORDS; index++) {
    const parcel = parcelOf(index);
    let startMs = Math.floor((parcel.timeMs - OFFSET_MS) / SLIDE_MS) * SLIDE_MS + OFFSET_MS;
    for (; startMs > parcel.timeMs - SIZE_MS; startMs -= SLIDE_MS) {
      const id = `${parcel.key} ${startMs}`;
      const entry = sums.get(id) ?? { key: parcel.key, startMs, sum: { count: 0, grams: 0 } };
      sumOfParcels.add(parcel, entry.sum);
      sums.set(id, entry);
    }
  }
  return [...sums.values()].map(({ key, startMs, sum }) => resultLine(key, startMs, sum.count, sum.grams));
}
