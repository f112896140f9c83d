/**
 * The recorded Flink jobs as one job, written with the public API: a branch a case, from a source that plays the case's input to
 * one file sink for each output. Rows are { ts, value }. Sources have a parallelism of 1, so that order and watermarks are those
 * of the recording; everything behind a key has that of the run.
 *
 * Parameter `rate`: lines a second of each source; default as fast as it goes.
 */
import {
  CollectionSource,
  EventTimeSessionWindows,
  job,
  ProcessFunction,
  rateLimited,
  SlidingEventTimeWindows,
  TumblingEventTimeWindows,
  WatermarkStrategy,
} from 'millrace';
import type {
  Collector,
  DataStream,
  KeyedProcessFunction,
  KeyedStream,
  SingleOutputStreamOperator,
  StreamExecutionEnvironment,
  TimeWindow,
  WindowAssigner,
  WindowedStream,
} from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { goldenCase } from '../golden-case.ts';
import { FuzzTimers, Inactivity, StateKinds, TimerCommands, TimersFromTimers } from '../golden-functions.ts';
import type { Result } from '../golden-functions.ts';
import type { Element, InputLine } from '../golden-replay.ts';
import { EachRecordGenerator, LinesGenerator } from '../golden-watermarks.ts';
import {
  countAndSum,
  Dump,
  DumpResult,
  DumpSorted,
  joinIds,
  late,
  mergedCountAndSum,
  side,
  SideDump,
} from '../golden-window-functions.ts';

/** By name, as rows { ts, value }. */
type Outputs = Readonly<Record<string, DataStream<unknown>>>;
type Keyed = KeyedStream<Element, string>;
type Windowed = WindowedStream<Element, string, TimeWindow>;
type Branch = (keyed: Keyed, uid: string) => Outputs;

const rolling =
  (aggregated: (keyed: Keyed) => SingleOutputStreamOperator<Element>): Branch =>
  (keyed, uid) => ({ main: rows(aggregated(keyed).uid(uid)) });

const process =
  (fn: () => KeyedProcessFunction<string, Element, Result>): Branch =>
  (keyed, uid) => ({ main: rows(keyed.process(fn()).uid(uid)) });

const windowed =
  <R>(
    assigner: () => WindowAssigner<Element, TimeWindow>,
    result: (windows: Windowed) => SingleOutputStreamOperator<R>,
  ): Branch =>
  (keyed, uid) => {
    const main = result(keyed.window(assigner()).sideOutputLateData(late)).uid(uid);
    return { main: rows(main), late: rows(main.getSideOutput(late)), side: rows(main.getSideOutput(side)) };
  };

const tumbling = <R>(result: (windows: Windowed) => SingleOutputStreamOperator<R>, offsetMs = 0): Branch =>
  windowed(() => TumblingEventTimeWindows.of(10, offsetMs), result);

const sliding = (sizeMs: number, slideMs: number, offsetMs = 0): Branch =>
  windowed(
    () => SlidingEventTimeWindows.of(sizeMs, slideMs, offsetMs),
    (windows) => windows.process(new Dump()),
  );

const sessions = <R>(result: (windows: Windowed) => SingleOutputStreamOperator<R>): Branch =>
  windowed(() => EventTimeSessionWindows.withGap(10), result);

export const BRANCHES: Readonly<Record<string, Branch>> = {
  'rolling-min': rolling((keyed) => keyed.min('v')),
  'rolling-max': rolling((keyed) => keyed.max('v')),
  'rolling-minby': rolling((keyed) => keyed.minBy('v')),
  'rolling-maxby': rolling((keyed) => keyed.maxBy('v')),
  'rolling-minbylast': rolling((keyed) => keyed.minBy('v', false)),
  'rolling-maxbylast': rolling((keyed) => keyed.maxBy('v', false)),
  'rolling-reduce': rolling((keyed) => keyed.reduce(joinIds)),
  'rolling-nested': (keyed, uid) => ({
    main: rows(
      keyed
        .map(({ k, v, id }) => ({ k, in: { v, w: id } }))
        .keyBy(({ k }) => k)
        .sum('in.v')
        .uid(uid),
    ),
  }),
  'timers-in-the-past': process(() => new TimerCommands()),
  'timers-inactivity': process(() => new Inactivity()),
  'timers-registered-in-ontimer': process(() => new TimersFromTimers()),
  'fuzz-timers-1': process(() => new FuzzTimers()),
  'fuzz-timers-2': process(() => new FuzzTimers()),
  'fuzz-timers-3': process(() => new FuzzTimers()),
  'state-kinds': process(() => new StateKinds()),
  'tumbling-basic': tumbling((windows) => windows.process(new Dump())),
  'tumbling-offset': tumbling((windows) => windows.process(new Dump()), 3),
  'tumbling-negative-offset': tumbling((windows) => windows.process(new Dump()), -4),
  'tumbling-late-side-output': tumbling((windows) => windows.process(new Dump())),
  'tumbling-reduce': tumbling((windows) => windows.reduce(joinIds)),
  'tumbling-reduce-process': tumbling((windows) => windows.reduce(joinIds, new DumpResult<Element>('reduced'))),
  'tumbling-aggregate-process': tumbling((windows) => windows.aggregate(countAndSum, new DumpResult('agg'))),
  'tumbling-sum': tumbling((windows) => windows.sum('v')),
  'tumbling-min': tumbling((windows) => windows.min('v')),
  'tumbling-max': tumbling((windows) => windows.max('v')),
  'sliding-basic': sliding(10, 5),
  'sliding-gaps': sliding(4, 10),
  'sliding-partly-late': sliding(10, 5),
  'sliding-not-dividing': sliding(10, 3),
  'sliding-offset-negative': sliding(10, 4, 1),
  'sliding-aggregate-process': windowed(
    () => SlidingEventTimeWindows.of(10, 5),
    (windows) => windows.aggregate(mergedCountAndSum, new DumpResult('agg')),
  ),
  'session-basic': sessions((windows) => windows.process(new DumpSorted())),
  'session-bridge': sessions((windows) => windows.process(new DumpSorted())),
  'session-late': sessions((windows) => windows.process(new DumpSorted())),
  'session-bridge-aggregate': sessions((windows) => windows.aggregate(mergedCountAndSum, new DumpResult('agg'))),
  'fuzz-session-dynamic-1': windowed(
    () => EventTimeSessionWindows.withDynamicGap(({ v }: Element) => v + 1),
    (windows) => windows.aggregate(mergedCountAndSum, new DumpResult('agg')),
  ),
  'process-window-side-output': tumbling((windows) => windows.process(new SideDump())),
  'tumbling-chained-windows': (keyed, uid) => {
    const sums = keyed
      .window(TumblingEventTimeWindows.of(10))
      .sum('v')
      .uid(`${uid}-sums`)
      .keyBy(({ k }) => k);
    return {
      main: rows(sums.window(TumblingEventTimeWindows.of(10)).process(new Dump()).uid(uid)),
      thirty: rows(sums.window(TumblingEventTimeWindows.of(30)).process(new Dump()).uid(`${uid}-of-30`)),
    };
  },
  'wm-strategy-mid-job': (keyed, uid) => {
    const strategy = WatermarkStrategy.forGenerator(() => new EachRecordGenerator()).withTimestampAssigner(
      ({ v }: Element) => v,
    );
    const main = keyed
      .map((element) => element)
      .setParallelism(1)
      .assignTimestampsAndWatermarks(strategy)
      .uid(`${uid}-watermarks`)
      .setParallelism(1)
      .keyBy(({ k }) => k)
      .window(TumblingEventTimeWindows.of(10))
      .sideOutputLateData(late)
      .process(new Dump())
      .uid(uid);
    return { main: rows(main), late: rows(main.getSideOutput(late)) };
  },
};

/** Without the lines that are no records. */
class Elements extends ProcessFunction<InputLine, Element> {
  override processElement({ value }: InputLine, _ctx: this['Context'], out: Collector<Element>): void {
    if (value !== undefined) out.collect(value);
  }
}

/** Flink's Long.MAX_VALUE and Long.MIN_VALUE as the recordings have them. */
const named = (_name: string, value: unknown): unknown =>
  value === Number.POSITIVE_INFINITY ? 'MAX' : value === Number.NEGATIVE_INFINITY ? 'MIN' : value;

class Recorded<T> extends ProcessFunction<T, unknown> {
  override processElement(value: T, ctx: this['Context'], out: Collector<unknown>): void {
    out.collect(JSON.parse(JSON.stringify({ ts: ctx.timestamp(), value }, named)));
  }
}

function rows<T>(stream: DataStream<T>): DataStream<unknown> {
  return stream.process(new Recorded<T>());
}

export default job('golden-cases', (env) => {
  env.setMaxParallelism(128);
  env.enableCheckpointing(env.parameters.get('interval') ?? '10 ms');
  for (const [name, branch] of Object.entries(BRANCHES)) {
    const outputs = branch(elementsOf(env, name), name);
    for (const [out, stream] of Object.entries(outputs)) {
      const folder = `${env.parameters.require('output')}/${name}/${out}`;
      stream.sinkTo(FileSink.jsonLines(folder, { rolling: { onCheckpoint: true } })).uid(`${name}-${out}`);
    }
  }
});

/** The assigner must give a time; those of lines that are no records go nowhere. */
function timeOf({ ts }: InputLine): number {
  return typeof ts === 'number' ? ts : 0;
}

function elementsOf(env: StreamExecutionEnvironment, name: string): Keyed {
  const lines = CollectionSource.of(goldenCase<InputLine, unknown>(name).input);
  const rate = env.parameters.number('rate');
  return env
    .fromSource(
      rate === undefined ? lines : rateLimited(lines, rate),
      WatermarkStrategy.forGenerator(() => new LinesGenerator()).withTimestampAssigner(timeOf),
      name,
    )
    .setParallelism(1)
    .uid(`${name}-source`)
    .process(new Elements())
    .setParallelism(1)
    .keyBy(({ k }) => k);
}
