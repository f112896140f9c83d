/**
 * Three ways to the same certainty, each with an exactly-once output of its own: state (counts), windows and timers. What comes
 * out depends on the records alone, not on their order or on when watermarks come, so it is the same with and without failures,
 * at any parallelism.
 *
 *   counts    one row a record: how often its key has come so far; rolled at each checkpoint
 *   windows   one row a key and window: the sum of its numbers; files stay open across checkpoints
 *   buckets   one row a key and second of event time, emitted by an event-time timer
 */
import {
  DataGenerator,
  job,
  KeyedProcessFunction,
  mapState,
  TumblingEventTimeWindows,
  valueState,
  WatermarkStrategy,
} from 'millrace';
import type { Collector } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { faultOf } from '../faults.ts';

const EVENT_TIME_STEP_MS = 10;
const WINDOW_MS = 200;

class CountPerKey extends KeyedProcessFunction<number, number, { key: number; count: number }> {
  state = { count: valueState<number>('count', { default: 0 }) };

  override processElement(
    _value: number,
    context: this['Context'],
    out: Collector<{ key: number; count: number }>,
  ): void {
    const count = this.state.count.value() + 1;
    this.state.count.update(count);
    out.collect({ key: context.currentKey, count });
  }
}

class CountPerBucket extends KeyedProcessFunction<number, number, { key: number; bucket: number; records: number }> {
  state = { buckets: mapState<number, number>('buckets') };

  override processElement(_value: number, context: this['Context']): void {
    const end = Math.floor((context.timestamp() ?? 0) / WINDOW_MS) * WINDOW_MS + WINDOW_MS - 1;
    this.state.buckets.put(end, (this.state.buckets.get(end) ?? 0) + 1);
    context.timerService.registerEventTimeTimer(end);
  }

  override onTimer(
    timestampMs: number,
    context: this['OnTimerContext'],
    out: Collector<{ key: number; bucket: number; records: number }>,
  ): void {
    out.collect({ key: context.currentKey, bucket: timestampMs, records: this.state.buckets.get(timestampMs) ?? 0 });
    this.state.buckets.remove(timestampMs);
  }
}

export default job('three-outputs', (env) => {
  const { parameters } = env;
  const output = parameters.require('output');
  const count = parameters.number('records', 1000);
  const keys = parameters.number('keys', 7);
  const recordsPerSecond = parameters.number('rate');
  const fault = faultOf(parameters);
  env.enableCheckpointing(parameters.get('interval') ?? '20 ms');
  const numbers = env
    .fromSource(
      DataGenerator.of((index) => index, { count, ...(recordsPerSecond === undefined ? {} : { recordsPerSecond }) }),
      WatermarkStrategy.forMonotonousTimestamps().withTimestampAssigner((index: number) => index * EVENT_TIME_STEP_MS),
      'numbers',
    )
    .uid('numbers')
    .map((index) => {
      fault(index);
      return index;
    });
  const keyed = numbers.keyBy((index) => index % keys);
  keyed
    .process(new CountPerKey())
    .uid('counts')
    .sinkTo(FileSink.jsonLines(`${output}/counts`, { rolling: { onCheckpoint: true } }))
    .uid('counts-out');
  keyed
    .window(TumblingEventTimeWindows.of(WINDOW_MS))
    .aggregate({
      createAccumulator: () => ({ sum: 0, records: 0 }),
      add: (value: number, { sum, records }: { sum: number; records: number }) => ({
        sum: sum + value,
        records: records + 1,
      }),
      getResult: (accumulator) => accumulator,
    })
    .uid('windows')
    .sinkTo(FileSink.jsonLines(`${output}/windows`))
    .uid('windows-out');
  keyed
    .process(new CountPerBucket())
    .uid('buckets')
    .sinkTo(FileSink.jsonLines(`${output}/buckets`))
    .uid('buckets-out');
});
