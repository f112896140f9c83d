import { job, KeyedProcessFunction, valueState } from 'millrace';
import type { Collector, JobDefinition } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import type { SimulatedOutput, SimulationScenario } from 'millrace/testing';
import { keyedNumbers } from './keyed-numbers.ts';

const RECORDS = 300;
/** A multiple of every parallelism: then the records of a key come from one split, in order. */
const KEYS = 6;
const BATCH_MS = 7;

/** Processing-time timers: how many records a key has got since the last one. The last record does not wait for a timer. */
class Batches extends KeyedProcessFunction<number, number, string> {
  state = {
    count: valueState<number>('count', { default: 0 }),
    dueMs: valueState<number>('due'),
  };

  override processElement(value: number, context: this['Context'], out: Collector<string>): void {
    const { count, dueMs } = this.state;
    const { timerService } = context;
    count.update(count.value() + 1);
    const due = dueMs.value();
    if (value + KEYS >= RECORDS) {
      if (due !== undefined) timerService.deleteProcessingTimeTimer(due);
      this.#emit(context.currentKey, out);
    } else if (due === undefined) {
      const next = timerService.currentProcessingTime() + BATCH_MS;
      timerService.registerProcessingTimeTimer(next);
      dueMs.update(next);
    }
  }

  override onTimer(_timestampMs: number, context: this['OnTimerContext'], out: Collector<string>): void {
    this.#emit(context.currentKey, out);
  }

  #emit(key: number, out: Collector<string>): void {
    out.collect(`${key} ${this.state.count.value()}`);
    this.state.count.clear();
    this.state.dueMs.clear();
  }
}

const batchesJob: JobDefinition = job('batches', (env) => {
  env.enableCheckpointing('20 ms');
  keyedNumbers(env, { records: RECORDS, keys: KEYS })
    .process(new Batches())
    .uid('batches')
    .sinkTo(FileSink.text('/output'))
    .uid('results');
});

/** How large batches are depends on time; that each record is in one of them does not. */
export const batches: SimulationScenario = {
  name: 'batches',
  job: batchesJob,
  outputs: ['/output'],
  check: (output) => {
    for (const [key, count] of countsByKey(output)) {
      if (count !== RECORDS / KEYS) throw new Error(`key ${key} has ${count} records in its batches`);
    }
  },
};

function countsByKey(output: SimulatedOutput): ReadonlyMap<number, number> {
  const counts = new Map(Array.from({ length: KEYS }, (_, key) => [key, 0]));
  for (const line of output.lines('/output')) {
    const [key = Number.NaN, count = 0] = line.split(' ').map(Number);
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  return counts;
}
