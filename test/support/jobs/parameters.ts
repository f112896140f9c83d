/** Each function tries to change the job's parameters for the others. */
import { DataGenerator, job, WatermarkStrategy } from 'millrace';
import type { RichMapFunction, RuntimeContext } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

interface Seen {
  readonly opened: string | undefined;
  readonly defined: string;
}

class Changing implements RichMapFunction<number, Seen> {
  readonly #defined: string;
  #opened: string | undefined;

  constructor(defined: string) {
    this.#defined = defined;
  }

  open({ parameters }: RuntimeContext): void {
    const isVariable = parameters.get('variable') === 'yes';
    this.#opened = isVariable ? process.env['MILLRACE_TEST_CITY'] : parameters.get('city');
    (parameters as Map<string, string>).set('city', 'changed');
  }

  map(): Seen {
    return { opened: this.#opened, defined: this.#defined };
  }
}

export default job('parameters', (env) => {
  const city = env.parameters.require('city');
  (env.parameters.toMap() as Map<string, string>).set('city', 'changed');
  env
    .fromSource(
      DataGenerator.of((index) => index, { count: 10 }),
      WatermarkStrategy.noWatermarks(),
      'numbers',
    )
    .map(new Changing(city))
    // Opened before the one in front of it.
    .map(new Changing(env.parameters.require('city')) as never)
    .sinkTo(FileSink.jsonLines(env.parameters.require('output')));
});
