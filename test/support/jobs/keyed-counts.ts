import { DataGenerator, job, KeyedProcessFunction, valueState, WatermarkStrategy } from 'millrace';
import type { Collector } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

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

/** Numbers 0 to `records` - 1, counted by number modulo `keys`: each key's output is 1, 2, 3, ... without gap. */
export default job('keyed-counts', (env) => {
  const records = env.parameters.number('records', 1000);
  const keys = env.parameters.number('keys', 10);
  const recordsPerSecond = env.parameters.number('rate');
  env.enableCheckpointing(env.parameters.get('interval') ?? '100 ms');
  env
    .fromSource(
      DataGenerator.of((index) => index, {
        count: records,
        ...(recordsPerSecond === undefined ? {} : { recordsPerSecond }),
      }),
      WatermarkStrategy.noWatermarks(),
      'numbers',
    )
    .uid('numbers')
    .keyBy((value) => value % keys)
    .process(new CountPerKey())
    .uid('counts')
    .sinkTo(FileSink.jsonLines(env.parameters.require('output')))
    .uid('results');
});
