/**
 * A job that is stopped, edited and started again. Parameters: `records` and `rate` of the source, `fail-at`, the number at which it
 * throws, `rolling` of the sink, and `edit`, what was changed in it meanwhile.
 */
import { DataGenerator, job, KeyedProcessFunction, listState, valueState, WatermarkStrategy } from 'millrace';
import type { Collector, KeyedStream, SingleOutputStreamOperator, StreamExecutionEnvironment } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

interface Count {
  readonly key: number;
  readonly count: number;
}

class Counting extends KeyedProcessFunction<number, number, Count> {
  state = { count: valueState<number>('count', { default: 0 }), last: valueState<number>('last') };

  override processElement(value: number, context: this['Context'], out: Collector<Count>): void {
    const count = this.state.count.value() + 1;
    this.state.count.update(count);
    this.state.last.update(value);
    out.collect({ key: context.currentKey, count });
  }
}

class CountingWithoutLast extends KeyedProcessFunction<number, number, Count> {
  state = { count: valueState<number>('count', { default: 0 }) };

  override processElement(_value: number, context: this['Context'], out: Collector<Count>): void {
    const count = this.state.count.value() + 1;
    this.state.count.update(count);
    out.collect({ key: context.currentKey, count });
  }
}

class CountingInAList extends KeyedProcessFunction<number, number, Count> {
  state = { count: listState<number>('count'), last: valueState<number>('last') };

  override processElement(value: number, context: this['Context'], out: Collector<Count>): void {
    this.state.count.add(value);
    out.collect({ key: context.currentKey, count: this.state.count.get().length });
  }
}

const KEYS = 10;

/** Each key's output is 1, 2, 3, ... without gap. */
export default job('resumable', (env) => {
  const { parameters } = env;
  const edit = parameters.get('edit');
  env.enableCheckpointing('20 ms');
  const counted = counting(keyed(env, edit), edit)
    .name('counts')
    .uid(edit === 'another uid' ? 'tallies' : 'counts');
  if (edit === 'another max parallelism') counted.setMaxParallelism(64);
  if (edit === 'a low max parallelism') counted.setMaxParallelism(4);
  const results = edit === 'one more stateless operator' ? counted.filter(() => true) : counted;
  const onCheckpoint = parameters.get('rolling') !== 'at the end';
  const sink = FileSink.jsonLines<Count>(parameters.require('output'), { rolling: { onCheckpoint } });
  results.sinkTo(sink).uid('results');
});

function keyed(env: StreamExecutionEnvironment, edit: string | undefined): KeyedStream<number, number> {
  const { parameters } = env;
  const recordsPerSecond = parameters.number('rate');
  const failAt = parameters.number('fail-at', Number.POSITIVE_INFINITY);
  const records = parameters.number('records', 2000);
  const options = recordsPerSecond === undefined ? {} : { recordsPerSecond };
  const source =
    edit === 'another source'
      ? env.fromSequence(0, records - 1)
      : env.fromSource(
          DataGenerator.of((index) => index, { count: records, ...options }),
          WatermarkStrategy.noWatermarks(),
          'numbers',
        );
  const numbers = source.uid('numbers').map((value) => {
    if (value >= failAt) throw new Error(`cannot pass ${failAt}`);
    return value;
  });
  const keyOf = (value: number): number => value % KEYS;
  return edit === 'another hash' ? numbers.keyBy(keyOf, { hash: (key) => key, hashId: 'plain' }) : numbers.keyBy(keyOf);
}

function counting(numbers: KeyedStream<number, number>, edit: string | undefined): SingleOutputStreamOperator<Count> {
  switch (edit) {
    case 'one state less':
      return numbers.process(new CountingWithoutLast());
    case 'another kind of state':
      return numbers.process(new CountingInAList());
    default:
      return numbers.process(new Counting());
  }
}
