import { DataGenerator, job, KeyedProcessFunction, listState, mapState, valueState, WatermarkStrategy } from 'millrace';
import type { Collector, JobDefinition } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { requireSameLines } from 'millrace/testing';
import type { SimulationScenario } from 'millrace/testing';

const RECORDS = 300;
/** A multiple of every parallelism: then the records of a key come from one split, in order. */
const KEYS = 12;
const BUCKET_MS = 20;

interface Reading {
  readonly key: number;
  readonly index: number;
  readonly timeMs: number;
}

/**
 * All kinds of state at once: a value that is changed in place, a list that is emptied again and again, a map whose entries are
 * removed by event-time timers.
 */
class Readings extends KeyedProcessFunction<number, Reading, string> {
  state = {
    total: valueState<{ count: number; sum: number }>('total', { default: { count: 0, sum: 0 } }),
    recent: listState<number>('recent'),
    buckets: mapState<number, number>('buckets'),
  };

  override processElement(reading: Reading, context: this['Context'], out: Collector<string>): void {
    const { total, recent, buckets } = this.state;
    const sums = total.value();
    sums.count++;
    sums.sum += reading.index;
    total.update(sums);
    out.collect(`count ${reading.key} ${sums.count} ${sums.sum}`);
    recent.add(reading.index);
    const indexes = recent.get();
    if (indexes.length === 3) {
      out.collect(`three ${reading.key} ${indexes.join(' ')}`);
      recent.clear();
    }
    const end = endOfBucket(reading.timeMs);
    buckets.put(end, (buckets.get(end) ?? 0) + 1);
    context.timerService.registerEventTimeTimer(end);
  }

  override onTimer(timestampMs: number, context: this['OnTimerContext'], out: Collector<string>): void {
    out.collect(`bucket ${context.currentKey} ${timestampMs} ${this.state.buckets.get(timestampMs)}`);
    this.state.buckets.remove(timestampMs);
  }
}

function endOfBucket(timeMs: number): number {
  return (Math.floor(timeMs / BUCKET_MS) + 1) * BUCKET_MS - 1;
}

function readingOf(index: number): Reading {
  return { key: index % KEYS, index, timeMs: index };
}

const keyedStateJob: JobDefinition = job('keyed-state', (env) => {
  env.enableCheckpointing('20 ms');
  env
    .fromSource(
      DataGenerator.of(readingOf, { count: RECORDS, recordsPerSecond: 1500 }),
      WatermarkStrategy.forMonotonousTimestamps<Reading>().withTimestampAssigner((reading) => reading.timeMs),
      'readings',
    )
    .uid('readings')
    .keyBy((reading) => reading.key)
    .process(new Readings())
    .uid('state')
    .sinkTo(FileSink.text('/output'))
    .uid('results');
});

export const keyedState: SimulationScenario = {
  name: 'keyed-state',
  job: keyedStateJob,
  outputs: ['/output'],
  check: (output) => requireSameLines(output.lines('/output'), expectedLines(), 'output'),
};

function expectedLines(): readonly string[] {
  const lines: string[] = [];
  for (let key = 0; key < KEYS; key++) {
    const readings = Array.from({ length: RECORDS }, (_, index) => readingOf(index)).filter((one) => one.key === key);
    let sum = 0;
    for (const [position, { index }] of readings.entries()) {
      sum += index;
      lines.push(`count ${key} ${position + 1} ${sum}`);
      const three = readings.slice(position - 2, position + 1).map((reading) => reading.index);
      if (position % 3 === 2) lines.push(`three ${key} ${three.join(' ')}`);
    }
    const counts = Map.groupBy(readings, ({ timeMs }) => endOfBucket(timeMs));
    for (const [end, bucket] of counts) lines.push(`bucket ${key} ${end} ${bucket.length}`);
  }
  return lines;
}
