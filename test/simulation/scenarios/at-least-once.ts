import { job, KeyedProcessFunction, valueState } from 'millrace';
import type { Collector, JobDefinition } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { requireLines } from 'millrace/testing';
import type { SimulationScenario } from 'millrace/testing';
import { keyedNumbers } from './keyed-numbers.ts';

const RECORDS = 300;
const KEYS = 7;

class Last extends KeyedProcessFunction<number, number, string> {
  state = { seen: valueState<number>('seen', { default: 0 }) };

  override processElement(value: number, context: this['Context'], out: Collector<string>): void {
    this.state.seen.update(this.state.seen.value() + 1);
    out.collect(`${context.currentKey} ${value}`);
  }
}

/** Barriers hold nothing back, and the sink shows what it has: some lines come twice, none is missing. */
const atLeastOnceJob: JobDefinition = job('at-least-once', (env) => {
  env.enableCheckpointing('20 ms', { mode: 'AT_LEAST_ONCE' });
  keyedNumbers(env, { records: RECORDS, keys: KEYS })
    .process(new Last())
    .uid('last')
    .sinkTo(FileSink.text('/output', { guarantee: 'at-least-once' }))
    .uid('results');
});

export const atLeastOnce: SimulationScenario = {
  name: 'at-least-once',
  job: atLeastOnceJob,
  outputs: ['/output'],
  check: (output) => {
    const expected = Array.from({ length: RECORDS }, (_, value) => `${value % KEYS} ${value}`);
    const lines = output.lines('/output');
    requireLines(lines, expected, 'output');
    const allowed = new Set(expected);
    const strange = lines.find((line) => !allowed.has(line));
    if (strange !== undefined) throw new Error(`output has a line that no record gives: '${strange}'`);
  },
};
