/** State that grows by 64 KiB a record until somebody stops it. */
import { DataGenerator, job, KeyedProcessFunction, mapState, WatermarkStrategy } from 'millrace';
import type { Collector } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

const VALUE_BYTES = 64 * 1024;

class Hoarder extends KeyedProcessFunction<number, number, number> {
  state = { small: mapState<string, number>('small'), hoard: mapState<number, Uint8Array>('hoard') };

  override processElement(index: number, _context: this['Context'], _out: Collector<number>): void {
    this.state.small.put('last', index);
    this.state.hoard.put(index, new Uint8Array(VALUE_BYTES));
  }
}

export default job('growing-state', (env) => {
  env.enableCheckpointing('10 s');
  env
    .fromSource(
      DataGenerator.of((index) => index, { recordsPerSecond: 500 }),
      WatermarkStrategy.noWatermarks(),
      'numbers',
    )
    .uid('numbers')
    .keyBy((index) => index % 7)
    .process(new Hoarder())
    .name('hoarder')
    .uid('hoarder')
    .sinkTo(FileSink.jsonLines(env.parameters.require('output')))
    .uid('results');
});
