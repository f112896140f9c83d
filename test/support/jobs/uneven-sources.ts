/**
 * Sources that end at different times, all read together, and one that has a sink to itself:
 *
 *   short        done at once, its own count and sink with it: whole vertices have finished long before the job
 *   collection   a single split: of several subtasks all but one have finished
 *   long         as many records as the job is told, at the rate it is told; the fault is here
 *
 * What comes out depends on the records alone.
 */
import {
  CollectionSource,
  DataGenerator,
  job,
  KeyedProcessFunction,
  rateLimited,
  TumblingEventTimeWindows,
  valueState,
  WatermarkStrategy,
} from 'millrace';
import type { Collector } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { faultOf } from '../faults.ts';

const SHORT = 60;
const COLLECTED = 300;
const WINDOW_MS = 200;
const KEYS = 7;

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

const times = WatermarkStrategy.forMonotonousTimestamps().withTimestampAssigner((index: number) => index * 10);

export default job('uneven-sources', (env) => {
  const output = env.parameters.require('output');
  const count = env.parameters.number('records', 1000);
  const rate = env.parameters.number('rate');
  const fault = faultOf(env.parameters);
  env.enableCheckpointing('20 ms');
  const short = env
    .fromSource(
      DataGenerator.of((index) => index, { count: SHORT }),
      times,
      'short',
    )
    .uid('short');
  const values = CollectionSource.of(Array.from({ length: COLLECTED }, (_, index) => index));
  const collection = env
    .fromSource(rate === undefined ? values : rateLimited(values, rate), times, 'collection')
    .uid('collection');
  const long = env
    .fromSource(
      DataGenerator.of((index) => index, { count, ...(rate === undefined ? {} : { recordsPerSecond: rate }) }),
      times,
      'long',
    )
    .uid('long')
    .map((index) => {
      fault(index);
      return index;
    });
  short
    .keyBy((index) => index % KEYS)
    .process(new CountPerKey())
    .name('Short counts')
    .uid('short-counts')
    .sinkTo(FileSink.jsonLines(`${output}/short-counts`))
    .uid('short-counts-out');
  const all = short.union(collection, long).keyBy((index) => index % KEYS);
  all
    .process(new CountPerKey())
    .uid('counts')
    .sinkTo(FileSink.jsonLines(`${output}/counts`, { rolling: { onCheckpoint: true } }))
    .uid('counts-out');
  all
    .window(TumblingEventTimeWindows.of(WINDOW_MS))
    .reduce((a, b) => a + b)
    .uid('sums')
    .sinkTo(FileSink.jsonLines(`${output}/sums`))
    .uid('sums-out');
});
