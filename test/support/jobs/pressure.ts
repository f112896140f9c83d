/**
 * More than can be taken: parameter `case` names who makes too much and how. `records` and `held` are how many there are and
 * how many the sink holds.
 */
import { DataGenerator, job, KeyedProcessFunction, TumblingEventTimeWindows, WatermarkStrategy } from 'millrace';
import type { Collector, DataStream, StreamExecutionEnvironment } from 'millrace';
import { slowSink } from '../slow-sink.ts';

interface Parcel {
  readonly id: number;
  readonly content: string;
}

function parcels(env: StreamExecutionEnvironment): DataStream<Parcel> {
  const content = 'x'.repeat(env.parameters.number('bytes', 1000));
  const source = DataGenerator.of((id): Parcel => ({ id, content: `${content}${id}` }), {
    count: env.parameters.number('records', 30_000),
    timestamp: (id) => id,
  });
  return env.fromSource(source, WatermarkStrategy.forMonotonousTimestamps(), 'parcels').uid('parcels');
}

/** All at once, when the last record has passed. */
class AllTimersAtOnce extends KeyedProcessFunction<number, Parcel, number> {
  override processElement(_parcel: Parcel, ctx: this['Context']): void {
    ctx.timerService.registerEventTimeTimer(1_000_000_000);
  }

  override onTimer(_timestampMs: number, ctx: this['OnTimerContext'], out: Collector<number>): void {
    out.collect(ctx.currentKey);
  }
}

class AllTimersAtOneTime extends KeyedProcessFunction<number, Parcel, number> {
  override processElement(_parcel: Parcel, ctx: this['Context']): void {
    ctx.timerService.registerProcessingTimeTimer(1);
  }

  override onTimer(_timestampMs: number, ctx: this['OnTimerContext'], out: Collector<number>): void {
    out.collect(ctx.currentKey);
  }
}

const CASES: Readonly<Record<string, (env: StreamExecutionEnvironment) => DataStream<number>>> = {
  'a fast source': (env) =>
    parcels(env)
      .keyBy(({ id }) => id)
      .map(({ id }) => id)
      .name('opened'),
  'many windows': (env) =>
    parcels(env)
      .keyBy(({ id }) => id)
      .window(TumblingEventTimeWindows.of(1_000_000_000))
      .reduce((a) => a)
      .name('windows')
      .uid('windows')
      .map(({ id }) => id),
  'many timers': (env) =>
    parcels(env)
      .keyBy(({ id }) => id)
      .process(new AllTimersAtOnce())
      .uid('timers')
      .name('timers'),
  'many processing-time timers': (env) =>
    parcels(env)
      .keyBy(({ id }) => id)
      .process(new AllTimersAtOneTime())
      .uid('timers')
      .name('timers'),
  'one call that emits much': (env) =>
    parcels(env)
      .flatMap<number>(({ id }, out) => {
        for (let copy = 0; copy < 100_000; copy++) out.collect(id * 100_000 + copy);
      })
      .name('much')
      .rebalance()
      .map((n) => n)
      .name('taken'),
};

export default job('pressure', (env) => {
  const { parameters } = env;
  env.enableCheckpointing('20 ms');
  const name = parameters.require('case');
  const made = CASES[name];
  if (made === undefined) throw new Error(`There is no case '${name}'`);
  const capacity = parameters.number('held', 100);
  made(env)
    .sinkTo(slowSink({ capacity, perTick: parameters.number('per-tick', 50) }))
    .name('slow');
});
