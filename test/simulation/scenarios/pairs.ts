import { job, KeyedProcessFunction, valueState } from 'millrace';
import type { Collector, JobDefinition } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { requireSameLines } from 'millrace/testing';
import type { SimulationScenario } from 'millrace/testing';
import { keyedNumbers } from './keyed-numbers.ts';

const RECORDS = 600;
/** A multiple of every parallelism: then the records of a key come from one split, in order. */
const KEYS = 180;
/** Few and large: small key groups are never written as a delta. */
const KEY_GROUPS = 4;

/**
 * Each key's first, third, ... record is kept, and comes out with the next one. So a value that was cleared and comes back by a
 * restore makes a wrong pair. The other state never changes: it is what deltas leave out.
 */
class Pairs extends KeyedProcessFunction<number, number, string> {
  state = {
    waiting: valueState<number>('waiting'),
    first: valueState<number>('first'),
  };

  override processElement(value: number, context: this['Context'], out: Collector<string>): void {
    const { waiting, first } = this.state;
    if (first.value() === undefined) first.update(value);
    const other = waiting.value();
    if (other === undefined) {
      waiting.update(value);
      return;
    }
    out.collect(`${context.currentKey} ${other} ${value} ${first.value()}`);
    waiting.clear();
  }
}

const pairsJob: JobDefinition = job('pairs', (env) => {
  env.enableCheckpointing('20 ms', { incremental: true });
  env.setMaxParallelism(KEY_GROUPS);
  keyedNumbers(env, { records: RECORDS, keys: KEYS, recordsPerSecond: 2400 })
    .process(new Pairs())
    .uid('pairs')
    .sinkTo(FileSink.text('/output', { rolling: { onCheckpoint: true } }))
    .uid('results');
});

export const pairs: SimulationScenario = {
  name: 'pairs',
  job: pairsJob,
  configuration: { 'execution.checkpointing.incremental': 'true' },
  outputs: ['/output'],
  check: (output) => requireSameLines(output.lines('/output'), expectedLines(), 'pairs'),
};

function expectedLines(): readonly string[] {
  const lines: string[] = [];
  for (let value = 0; value + KEYS < RECORDS; value++) {
    const isFirstOfPair = Math.floor(value / KEYS) % 2 === 0;
    if (isFirstOfPair) lines.push(`${value % KEYS} ${value} ${value + KEYS} ${value % KEYS}`);
  }
  return lines;
}
