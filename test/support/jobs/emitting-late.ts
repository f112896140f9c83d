/** Emits at the wrong time: parameter `how` says from where. */
import { DataGenerator, job, ProcessFunction, WatermarkStrategy } from 'millrace';
import type { Collector, ProcessContext } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

/** What another subtask of this thread left here. */
let kept: Collector<number> | undefined;

export default job('emitting-late', (env) => {
  const { parameters } = env;
  const how = parameters.require('how');
  const recordsPerSecond = parameters.number('rate', 500);
  env
    .fromSource(
      DataGenerator.of((index) => index, { count: parameters.number('records', 5000), recordsPerSecond }),
      WatermarkStrategy.noWatermarks(),
      'numbers',
    )
    .uid('numbers')
    .process(new Late(how))
    .name('late')
    .uid('late')
    .keyBy((value) => value)
    .process(new Neighbour(how))
    .name('neighbour')
    .uid('neighbour')
    .sinkTo(FileSink.jsonLines(parameters.require('output')))
    .uid('results');
});

class Late extends ProcessFunction<number, number> {
  readonly #how: string;

  constructor(how: string) {
    super();
    this.#how = how;
  }

  override processElement(value: number, context: ProcessContext, out: Collector<number>): void {
    out.collect(value);
    kept = out;
    switch (this.#how) {
      case 'a promise':
        void Promise.resolve().then(() => out.collect(value));
        return;
      case 'a timer':
        setTimeout(() => out.collect(value), 1);
        return;
      case 'a side output in a timer':
        setTimeout(() => context.output({ id: 'side' }, value), 1);
        return;
      default:
    }
  }
}

class Neighbour extends ProcessFunction<number, number> {
  readonly #how: string;
  #out: Collector<number> | undefined;

  constructor(how: string) {
    super();
    this.#how = how;
  }

  override processElement(value: number, _context: ProcessContext, out: Collector<number>): void {
    if (this.#how === 'the call of another subtask') kept?.collect(value);
    out.collect(value);
    this.#out = out;
  }

  override close(): void {
    if (this.#how === 'close') this.#out?.collect(0);
  }
}
