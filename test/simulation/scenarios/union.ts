import { DataGenerator, job, outputTag, ProcessFunction, WatermarkStrategy } from 'millrace';
import type { Collector, JobDefinition } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { requireSameLines } from 'millrace/testing';
import type { SimulationScenario } from 'millrace/testing';

const FAST_RECORDS = 240;
const SLOW_RECORDS = 60;
const KEYS = 6;

interface Amount {
  readonly key: number;
  readonly from: 'fast' | 'slow';
  readonly amount: number;
}

const large = outputTag<Amount>('large');

class SetLargeAside extends ProcessFunction<Amount, Amount> {
  override processElement(value: Amount, context: this['Context'], out: Collector<Amount>): void {
    if (value.amount % 10 === 9) context.output(large, value);
    out.collect(value);
  }
}

/** Two sources of different speed, one of which ends long before the other, into sums by key; and a side output. */
const unionJob: JobDefinition = job('union', (env) => {
  env.enableCheckpointing('20 ms');
  const fast = env
    .fromSource(
      DataGenerator.of((index): Amount => ({ key: index % KEYS, from: 'fast', amount: index }), {
        count: FAST_RECORDS,
        recordsPerSecond: 1500,
      }),
      WatermarkStrategy.noWatermarks(),
      'fast',
    )
    .uid('fast');
  const slow = env
    .fromSource(
      DataGenerator.of((index): Amount => ({ key: index % KEYS, from: 'slow', amount: index }), {
        count: SLOW_RECORDS,
        recordsPerSecond: 200,
      }),
      WatermarkStrategy.noWatermarks(),
      'slow',
    )
    .uid('slow');
  const all = fast.union(slow).rebalance().process(new SetLargeAside()).uid('aside');
  all.getSideOutput(large).sinkTo(FileSink.jsonLines('/large')).uid('large');
  all
    .keyBy((value) => value.key)
    .reduce((a, b) => ({ key: a.key, from: b.from, amount: a.amount + 1_000_000 }))
    .uid('counts')
    .map((value) => `${value.key} ${Math.floor(value.amount / 1_000_000)}`)
    .sinkTo(FileSink.text('/output'))
    .uid('results');
});

export const union: SimulationScenario = {
  name: 'union',
  job: unionJob,
  outputs: ['/output', '/large'],
  check: (output) => {
    requireSameLines(output.lines('/output'), expectedCounts(), 'counts');
    requireSameLines(output.lines('/large'), expectedLarge(), 'side output');
  },
};

/** A key's counts are 0, 1, 2, ... whatever order its values came in. */
function expectedCounts(): readonly string[] {
  const perKey = (FAST_RECORDS + SLOW_RECORDS) / KEYS;
  return Array.from({ length: KEYS }, (_, key) =>
    Array.from({ length: perKey }, (__, count) => `${key} ${count}`),
  ).flat();
}

function expectedLarge(): readonly string[] {
  const amounts = (from: Amount['from'], count: number): readonly Amount[] =>
    Array.from({ length: count }, (_, index) => ({ key: index % KEYS, from, amount: index }));
  return [...amounts('fast', FAST_RECORDS), ...amounts('slow', SLOW_RECORDS)]
    .filter(({ amount }) => amount % 10 === 9)
    .map((amount) => JSON.stringify(amount));
}
