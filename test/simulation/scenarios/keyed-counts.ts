import { job, KeyedProcessFunction, valueState } from 'millrace';
import type { Collector, JobDefinition } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { requireSameLines } from 'millrace/testing';
import type { SimulationScenario } from 'millrace/testing';
import { keyedNumbers } from './keyed-numbers.ts';

interface Count {
  readonly key: number;
  readonly count: number;
}

class CountPerKey extends KeyedProcessFunction<number, number, Count> {
  state = { count: valueState<number>('count', { default: 0 }) };

  override processElement(_value: number, context: this['Context'], out: Collector<Count>): void {
    const count = this.state.count.value() + 1;
    this.state.count.update(count);
    out.collect({ key: context.currentKey, count });
  }
}

const RECORDS = 300;
const KEYS = 7;

/** Each key's output is 1, 2, 3, ... without gap or repetition. */
const keyedCountsJob: JobDefinition = job('keyed-counts', (env) => {
  env.enableCheckpointing('20 ms');
  keyedNumbers(env, { records: RECORDS, keys: KEYS })
    .process(new CountPerKey())
    .uid('counts')
    .sinkTo(FileSink.jsonLines('/output'))
    .uid('results');
});

export const keyedCounts: SimulationScenario = {
  name: 'keyed-counts',
  job: keyedCountsJob,
  outputs: ['/output'],
  check: (output) => requireSameLines(output.lines('/output'), expectedLines(), 'counts'),
};

function expectedLines(): readonly string[] {
  return Array.from({ length: RECORDS }, (_, index) =>
    JSON.stringify({ key: index % KEYS, count: Math.floor(index / KEYS) + 1 }),
  );
}
