/**
 * Streams whose records have the times that they are given, and windows behind them. Parameters: `case` names the streams,
 * `bound` is that of out-of-orderness, `idle` the idle timeout, `open` keeps sources open when all is read.
 */
import {
  DataGenerator,
  job,
  outputTag,
  ProcessFunction,
  ProcessWindowFunction,
  TumblingEventTimeWindows,
  WatermarkStrategy,
} from 'millrace';
import type { Collector, DataStream, JobParameters, StreamExecutionEnvironment, TimeWindow } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { EachRecordGenerator } from '../golden-watermarks.ts';
import { playedSource } from '../played-source.ts';
import type { PlayedSplits } from '../played-source.ts';

export interface Timed {
  readonly k: string;
  readonly ts: number;
}

type Streams = (env: StreamExecutionEnvironment) => DataStream<Timed>;

export const SLOW_RECORDS = 40;
export const FAST_RECORDS = 4000;

const timed = (k: string, ...times: readonly number[]): readonly { value: Timed; ts: number }[] =>
  times.map((ts) => ({ value: { k, ts }, ts }));

function played(env: StreamExecutionEnvironment, name: string, splits: PlayedSplits<Timed>): DataStream<Timed> {
  const { parameters } = env;
  const source = playedSource(splits, { staysOpen: parameters.flag('open') });
  return env.fromSource(source, strategyOf(parameters), name).uid(name).setParallelism(1);
}

function strategyOf(parameters: JobParameters): WatermarkStrategy<Timed> {
  const bound = parameters.number('bound');
  const strategy =
    bound === undefined
      ? WatermarkStrategy.forMonotonousTimestamps<Timed>()
      : WatermarkStrategy.forBoundedOutOfOrderness<Timed>(bound);
  const idle = parameters.get('idle');
  return idle === undefined ? strategy : strategy.withIdleness(idle);
}

function generated(
  env: StreamExecutionEnvironment,
  k: string,
  count: number,
  recordsPerSecond: number | undefined,
): DataStream<Timed> {
  const stepMs = (10 * FAST_RECORDS) / count;
  const timestamp = (index: number): number => index * stepMs;
  const source = DataGenerator.of((index): Timed => ({ k, ts: timestamp(index) }), {
    count,
    timestamp,
    ...(recordsPerSecond === undefined ? {} : { recordsPerSecond }),
  });
  return env.fromSource(source, WatermarkStrategy.forMonotonousTimestamps(), k).uid(k);
}

const CASES: Readonly<Record<string, Streams>> = {
  one: (env) => played(env, 'one', { only: timed('a', 1, 17, 12, 3) }),
  // A watermark behind each record.
  'late ones': (env) =>
    env
      .fromSource(
        playedSource({ only: timed('a', 1, 11, 3, 12, 9, 19, 20) }),
        WatermarkStrategy.forGenerator(() => new EachRecordGenerator()),
        'one',
      )
      .setParallelism(1)
      .uid('one'),
  'two splits': (env) => played(env, 'two', { early: timed('a', 1, 5), late: timed('b', 90, 95) }),
  'an idle one': (env) =>
    played(env, 'lively', { only: timed('a', 1, 5, 11, 23) }).union(played(env, 'silent', { only: [] })),
  // The one whose watermark is behind falls silent last.
  'all idle': (env) => played(env, 'two', { early: timed('a', 1, 5), late: timed('b', 14, 35) }),
  'two speeds': (env) =>
    generated(env, 'fast', FAST_RECORDS, undefined).union(generated(env, 'slow', SLOW_RECORDS, 80)),
  'a strategy in the middle': (env) =>
    played(env, 'one', { only: timed('a', 1000, 2000, 3000, 1500) })
      .map(({ k, ts }) => ({ k, ts: ts / 100 }))
      .assignTimestampsAndWatermarks(strategyOf(env.parameters).withTimestampAssigner(({ ts }) => ts))
      .uid('middle')
      .setParallelism(1),
};

const late = outputTag<Timed>('late');

export interface Counted {
  readonly k: string;
  readonly start: number;
  readonly count: number;
}

class Count extends ProcessWindowFunction<number, Counted, string, TimeWindow> {
  override process(k: string, ctx: this['Context'], counts: Iterable<number>, out: Collector<Counted>): void {
    for (const count of counts) out.collect({ k, start: ctx.window.startMs, count });
  }
}

class WithTime extends ProcessFunction<Timed, Timed & { at: number | null }> {
  override processElement(value: Timed, ctx: this['Context'], out: Collector<Timed & { at: number | null }>): void {
    out.collect({ ...value, at: ctx.timestamp() });
  }
}

export default job('event-time', (env) => {
  const { parameters } = env;
  env.enableCheckpointing('10 ms');
  env.configure('pipeline.auto-watermark-interval', parameters.get('period') ?? '5 ms');
  const name = parameters.require('case');
  const streams = CASES[name];
  if (streams === undefined) throw new Error(`There is no case '${name}'`);
  const windows = streams(env)
    .keyBy(({ k }) => k)
    .window(TumblingEventTimeWindows.of(10));
  const output = parameters.require('output');
  const withLate = parameters.flag('late') ? windows.sideOutputLateData(late) : windows;
  const counts = withLate
    .aggregate({ createAccumulator: () => 0, add: (_, count) => count + 1, getResult: (count) => count }, new Count())
    .name('windows')
    .uid('windows');
  counts.sinkTo(FileSink.jsonLines(`${output}/windows`, { rolling: { onCheckpoint: true } })).uid('windows-out');
  counts
    .getSideOutput(late)
    .process(new WithTime())
    .sinkTo(FileSink.jsonLines(`${output}/late`))
    .uid('late-out');
});
