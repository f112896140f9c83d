/** Running count and sum of each key, one result for each event, from an open loop. All keys are there before its clock starts. */
import { job, KeyedProcessFunction, valueState, WatermarkStrategy } from 'millrace';
import type { Collector } from 'millrace';
import { keyAt } from '../nexmark/generator.ts';
import { LatencyKeeper } from '../paced/latency-keeper.ts';
import type { TimedRow } from '../paced/latency-keeper.ts';
import { pacedParameters } from '../paced/paced-parameters.ts';
import { PacedSource } from '../paced/paced-source.ts';
import { PartSink } from '../parts/part-sink.ts';

interface Reading extends TimedRow {
  readonly key: number;
  readonly value: number;
}

interface Totals extends TimedRow {
  readonly key: number;
  readonly count: number;
  readonly sum: number;
}

class RunningTotals extends KeyedProcessFunction<number, Reading, Totals> {
  state = { count: valueState<number>('count', { default: 0 }), sum: valueState<number>('sum', { default: 0 }) };

  override processElement({ key, value, n, dueMs }: Reading, _ctx: this['Context'], out: Collector<Totals>): void {
    const count = this.state.count.value() + 1;
    const sum = this.state.sum.value() + value;
    this.state.count.update(count);
    this.state.sum.update(sum);
    out.collect({ key, count, sum, n, dueMs });
  }
}

export default job('latency', (env) => {
  const { keyCount, measured, results, source } = pacedParameters(env.parameters);
  const readings = new PacedSource<Reading>({
    ...source,
    fillCount: keyCount,
    fill: (n) => ({ key: n, value: n % 1000, n: -1, dueMs: 0 }),
    make: (n, dueMs) => ({ key: keyAt(n, keyCount), value: n % 1000, n, dueMs }),
  });
  env
    .fromSource(readings, WatermarkStrategy.noWatermarks(), 'readings')
    .uid('readings')
    .keyBy(({ key }) => key)
    .process(new RunningTotals())
    .uid('totals')
    .sinkTo(new PartSink(results, ({ parallelism }) => LatencyKeeper.of(measured, parallelism)))
    .uid('results');
});
