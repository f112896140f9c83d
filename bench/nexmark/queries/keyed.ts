/** Running count and sum for each of a million keys: one state access and one row for every event, and no strings. */
import { job, KeyedProcessFunction, valueState, WatermarkStrategy } from 'millrace';
import type { Collector } from 'millrace';
import { generatorOf } from '../event-streams.ts';
import { keyAt } from '../generator.ts';
import { resultSink } from '../result-sink.ts';

const KEY_COUNT = 1_000_000;

interface Reading {
  readonly key: number;
  readonly value: number;
}

interface Totals {
  readonly key: number;
  readonly count: number;
  readonly sum: number;
}

class RunningTotals extends KeyedProcessFunction<number, Reading, Totals> {
  state = { count: valueState<number>('count', { default: 0 }), sum: valueState<number>('sum', { default: 0 }) };

  override processElement({ key, value }: Reading, _ctx: this['Context'], out: Collector<Totals>): void {
    const count = this.state.count.value() + 1;
    const sum = this.state.sum.value() + value;
    this.state.count.update(count);
    this.state.sum.update(sum);
    out.collect({ key, count, sum });
  }
}

export default job('nexmark-keyed', (env) => {
  const { parameters } = env;
  env
    .fromSource(
      generatorOf((n): Reading => ({ key: keyAt(n, KEY_COUNT), value: n % 1000 }), parameters),
      WatermarkStrategy.noWatermarks(),
      'events',
    )
    .uid('events')
    .keyBy(({ key }) => key)
    .process(new RunningTotals())
    .uid('totals')
    .sinkTo(
      resultSink(parameters, {
        number: ({ sum }) => sum,
        text: ({ key, count, sum }) => `${key}|${count}|${sum}`,
        key: ({ key }) => key,
      }),
    )
    .uid('results');
});
