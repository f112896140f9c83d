/**
 * A job in which one user function does what it must not: parameter `where` names the function, `how` what it does at the value
 * `at`: throw, or return a promise.
 */
import {
  DataGenerator,
  job,
  KeyedProcessFunction,
  ProcessFunction,
  TumblingEventTimeWindows,
  WatermarkStrategy,
} from 'millrace';
import type { Collector, JobParameters, RuntimeContext } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

export default job('misbehaving', (env) => {
  const { where, misbehave } = misbehaviour(env.parameters);
  const assigner = where === 'timestamps' ? misbehave : (value: number): number => value;
  const numbers = env
    .fromSource(
      DataGenerator.of((index) => index, { count: 20 }),
      WatermarkStrategy.forMonotonousTimestamps<number>().withTimestampAssigner(assigner),
      'numbers',
    )
    .uid('numbers');
  const at = <F>(name: string, wrong: F, right: F): F => (where === name ? wrong : right);
  numbers
    .map(at('map', misbehave, (value: number) => value))
    .name('mapped')
    .uid('mapped')
    .filter(
      at(
        'filter',
        (value: number) => misbehave(value) as unknown as boolean,
        () => true,
      ),
    )
    .name('filtered')
    .uid('filtered')
    .flatMap<number>(
      at(
        'flatMap',
        (value, out) => {
          out.collect(value);
          return misbehave(value);
        },
        (value, out) => out.collect(value),
      ),
    )
    .name('flat-mapped')
    .uid('flat-mapped')
    .process(new Passing(at('process', misbehave, (value: number) => value)))
    .name('processed')
    .uid('processed')
    .keyBy(at('keySelector', misbehave, (value: number) => value % 2))
    .reduce(
      at(
        'reduce',
        (_sum, value) => misbehave(value),
        (sum, value) => sum + value,
      ),
    )
    .name('reduced')
    .uid('reduced')
    .keyBy((value) => value % 2)
    .process(new Timed(where, misbehave))
    .name('timed')
    .uid('timed')
    .keyBy((value) => value % 2)
    .window(TumblingEventTimeWindows.of('10 ms'))
    .aggregate({
      createAccumulator: () => 0,
      add: at(
        'aggregate',
        (value: number) => misbehave(value),
        (value: number, count: number) => count + value,
      ),
      getResult: (count) => count,
    })
    .name('windowed')
    .uid('windowed')
    .sinkTo(FileSink.jsonLines(env.parameters.require('output')))
    .uid('results');
});

interface Misbehaviour {
  readonly where: string;
  readonly misbehave: (value: number) => number;
}

function misbehaviour(parameters: JobParameters): Misbehaviour {
  const at = parameters.number('at', 7);
  const isPromise = parameters.get('how') === 'promise';
  const misbehave = (value: number): number => {
    if (value < at) return value;
    // What plain JavaScript does by making the function async; the type of most functions refuses it.
    if (isPromise) return Promise.reject(new Error('nobody waits for this one')) as never;
    throw new TypeError('broken on purpose');
  };
  return { where: parameters.require('where'), misbehave };
}

class Passing extends ProcessFunction<number, number> {
  readonly #call: (value: number) => number;

  constructor(call: (value: number) => number) {
    super();
    this.#call = call;
  }

  override processElement(value: number, _ctx: this['Context'], out: Collector<number>): number {
    out.collect(value);
    const result: unknown = this.#call(value);
    return (typeof result === 'number' ? undefined : result) as never;
  }
}

class Timed extends KeyedProcessFunction<number, number, number> {
  readonly #where: string;
  readonly #misbehave: (value: number) => number;

  constructor(where: string, misbehave: (value: number) => number) {
    super();
    this.#where = where;
    this.#misbehave = misbehave;
  }

  override open(_context: RuntimeContext): void {
    return this.#in('open');
  }

  override processElement(value: number, context: this['Context'], out: Collector<number>): void {
    context.timerService.registerEventTimeTimer(value + 1);
    out.collect(value);
    return this.#in('processElement');
  }

  override onTimer(): void {
    return this.#in('onTimer');
  }

  override finish(): void {
    return this.#in('finish');
  }

  override close(): void {
    return this.#in('close');
  }

  #in(method: string): never {
    return (method === this.#where ? this.#misbehave(Number.POSITIVE_INFINITY) : undefined) as never;
  }
}
