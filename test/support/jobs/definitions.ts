/** A definition with something wrong in it: parameter `wrong` says what. */
import { DataGenerator, job, KeyedProcessFunction, valueState, WatermarkStrategy } from 'millrace';
import type { StreamExecutionEnvironment } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

class Counting extends KeyedProcessFunction<number, number, number> {
  state = { a: valueState<number>('count'), b: valueState<number>('count') };

  override processElement(): void {}
}

const WRONG: Readonly<Record<string, (env: StreamExecutionEnvironment) => unknown>> = {
  nothing: (env) => numbers(env).sinkTo(sink(env)).uid('results'),
  'a name that is drawn': (env) =>
    numbers(env)
      .map((value) => value)
      .name(`map ${Math.random()}`)
      .uid('mapped')
      .sinkTo(sink(env))
      .uid('results'),
  'an operator that is there by chance': (env) => {
    const again = numbers(env);
    return (Math.random() < 0.5 ? again.map((value) => value) : again.filter(() => true))
      .name('lucky')
      .sinkTo(sink(env));
  },
  'two uids alike': (env) =>
    numbers(env)
      .map((value) => value)
      .name('doubled')
      .uid('same')
      .filter(() => true)
      .name('filtered')
      .uid('same')
      .sinkTo(sink(env))
      .uid('results'),
  'a parallelism above the max parallelism': (env) =>
    numbers(env)
      .keyBy((value) => value)
      .reduce((sum, value) => sum + value)
      .setParallelism(8)
      .setMaxParallelism(4)
      .name('summed')
      .uid('summed')
      .sinkTo(sink(env)),
  'a parallelism that is no number': (env) => numbers(env).setParallelism(1.5).sinkTo(sink(env)),
  'a promise': async (env) => {
    numbers(env).sinkTo(sink(env));
    await Promise.reject(new Error('nobody waits for this one'));
  },
  'an error': () => {
    throw new RangeError('broken definition');
  },
  'no sink': (env) => numbers(env).map((value) => value),
  'two states alike': (env) =>
    numbers(env)
      .keyBy((value) => value)
      .process(new Counting())
      .uid('counted')
      .sinkTo(sink(env)),
  'an option that does not exist': (env) => {
    env.configure('execution.checkpointing.intervall', '1 s');
    return numbers(env).sinkTo(sink(env)).uid('results');
  },
  'its default parallelism': (env) => {
    env.configure('parallelism.default', 3);
    return numbers(env).sinkTo(sink(env)).uid('results');
  },
  'a parameter that was not given': (env) => env.parameters.require('city'),
};

export default job('definitions', (env) => {
  const define = WRONG[env.parameters.require('wrong')];
  if (define === undefined) throw new Error('No such case');
  return define(env) as never;
});

function numbers(env: StreamExecutionEnvironment): ReturnType<typeof generated> {
  return generated(env).uid('numbers');
}

function generated(env: StreamExecutionEnvironment) {
  return env.fromSource(
    DataGenerator.of((index) => index, { count: 10 }),
    WatermarkStrategy.noWatermarks(),
    'numbers',
  );
}

function sink(env: StreamExecutionEnvironment): FileSink<unknown> {
  return FileSink.jsonLines(env.parameters.require('output'));
}
