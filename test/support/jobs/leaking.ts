/** Starts promises that nobody waits for, which come to grief: parameter `how` says in which way. */
import { DataGenerator, job, KeyedProcessFunction, valueState, WatermarkStrategy } from 'millrace';
import type { Collector } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

export default job('leaking', (env) => {
  const { parameters } = env;
  env
    .fromSource(
      DataGenerator.of((index) => index, { count: 10_000, recordsPerSecond: 1000 }),
      WatermarkStrategy.noWatermarks(),
      'numbers',
    )
    .uid('numbers')
    .keyBy((value) => value)
    .process(new Leaking(parameters.require('how')))
    .uid('leaking')
    .sinkTo(FileSink.jsonLines(parameters.require('output')));
});

class Leaking extends KeyedProcessFunction<number, number, number> {
  state = { seen: valueState<number>('seen') };
  readonly #how: string;

  constructor(how: string) {
    super();
    this.#how = how;
  }

  override processElement(value: number, _context: this['Context'], out: Collector<number>): void {
    out.collect(value);
    if (value === 5) void this.#later();
  }

  async #later(): Promise<void> {
    await Promise.resolve();
    if (this.#how === 'uses state') this.state.seen.update(1);
    throw new RangeError('nobody waits for this');
  }
}
