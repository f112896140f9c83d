import { expectTypeOf, test } from 'vitest';
import type { DataStream, KeyedStream, SingleOutputStreamOperator, WindowedStream } from '../../src/api/data-stream.ts';
import type { DataStreamSink } from '../../src/api/data-stream-sink.ts';
import { job } from '../../src/api/job.ts';
import { outputTag } from '../../src/api/output-tag.ts';
import type { StreamExecutionEnvironment } from '../../src/api/stream-execution-environment.ts';
import { WatermarkStrategy } from '../../src/api/watermark-strategies.ts';
import type { Sink } from '../../src/base/sink.ts';
import type { Source } from '../../src/base/source.ts';
import { EventTimeSessionWindows } from '../../src/operators/window/event-time-session-windows.ts';
import { SlidingEventTimeWindows } from '../../src/operators/window/sliding-event-time-windows.ts';
import type { TimeWindow } from '../../src/operators/window/time-window.ts';
import { TumblingEventTimeWindows } from '../../src/operators/window/tumbling-event-time-windows.ts';

interface Flight {
  readonly origin: string;
  readonly delay: number;
  readonly time: Date;
  readonly miles: bigint;
  readonly gate: number | undefined;
  readonly route: { readonly destination: string; readonly distance: number };
}

declare const env: StreamExecutionEnvironment;
declare const flights: DataStream<Flight>;
declare const byOrigin: KeyedStream<Flight, string>;
declare const windows: WindowedStream<Flight, string, TimeWindow>;
declare const flightSource: Source<Flight>;

test('values keep their types from source to sink', () => {
  const stream = env.fromSource(flightSource, WatermarkStrategy.noWatermarks(), 'flights');
  expectTypeOf(stream).toEqualTypeOf<SingleOutputStreamOperator<Flight>>();
  expectTypeOf(stream.uid('x').name('y').setParallelism(2)).toEqualTypeOf<SingleOutputStreamOperator<Flight>>();
  expectTypeOf(stream.map((flight) => flight.delay)).toEqualTypeOf<SingleOutputStreamOperator<number>>();
  expectTypeOf(env.fromElements(1, 2, 3)).toEqualTypeOf<SingleOutputStreamOperator<number>>();
  expectTypeOf(env.fromCollection(['a'])).toEqualTypeOf<SingleOutputStreamOperator<string>>();
  expectTypeOf(stream.executeAndCollect()).resolves.toEqualTypeOf<readonly Flight[]>();
  // @ts-expect-error no such field
  stream.map((flight) => flight.arrival);
});

test('a type guard narrows the stream, also one that the compiler finds itself', () => {
  const mixed = env.fromCollection<string | number>(['a', 1]);
  expectTypeOf(mixed.filter((value): value is string => typeof value === 'string')).toEqualTypeOf<
    SingleOutputStreamOperator<string>
  >();
  expectTypeOf(mixed.filter((value) => typeof value === 'number')).toEqualTypeOf<SingleOutputStreamOperator<number>>();
  expectTypeOf(flights.filter((flight) => flight.delay > 0)).toEqualTypeOf<SingleOutputStreamOperator<Flight>>();
});

test('a filter that returns a promise, or no boolean, does not compile', () => {
  // @ts-expect-error a promise is always true
  flights.filter(async (flight) => flight.delay > 0);
  // @ts-expect-error not a boolean
  flights.filter((flight) => flight.delay);
});

test('flatMap emits values of the named type', () => {
  const words = flights.flatMap<string>((flight, out) => {
    out.collect(flight.origin);
    // @ts-expect-error not a string
    out.collect(flight.delay);
  });
  expectTypeOf(words).toEqualTypeOf<SingleOutputStreamOperator<string>>();
});

test('union takes streams of the same type', () => {
  expectTypeOf(flights.union(flights, byOrigin)).toEqualTypeOf<DataStream<Flight>>();
  // @ts-expect-error a stream of numbers
  flights.union(env.fromElements(1));
});

test('keyBy carries the type of the key', () => {
  expectTypeOf(flights.keyBy((flight) => flight.origin)).toEqualTypeOf<KeyedStream<Flight, string>>();
  expectTypeOf(flights.keyBy((flight) => ({ from: flight.origin, delay: flight.delay }))).toEqualTypeOf<
    KeyedStream<Flight, { from: string; delay: number }>
  >();
  flights.keyBy((flight) => [flight.origin, flight.time]);
  flights.keyBy((flight) => flight.route);
  flights.keyBy((flight) => flight.origin, { hash: (key) => key.length, hashId: 'length' });
});

test('what cannot be a key does not compile', () => {
  // @ts-expect-error may be undefined
  flights.keyBy((flight) => flight.gate);
  // @ts-expect-error null
  flights.keyBy(() => null);
  // @ts-expect-error a promise
  flights.keyBy(async (flight) => flight.origin);
  // @ts-expect-error a map
  flights.keyBy((flight) => new Map([[flight.origin, 1]]));
  // @ts-expect-error the hash takes another key
  flights.keyBy((flight) => flight.origin, { hash: (key: Date) => key.getTime(), hashId: 'time' });
});

test('windows and rolling aggregations need a key', () => {
  expectTypeOf(byOrigin.window(TumblingEventTimeWindows.of('1 d'))).toEqualTypeOf<
    WindowedStream<Flight, string, TimeWindow>
  >();
  expectTypeOf(byOrigin.window(SlidingEventTimeWindows.of('1 d', '1 h'))).toEqualTypeOf<
    WindowedStream<Flight, string, TimeWindow>
  >();
  expectTypeOf(byOrigin.window(EventTimeSessionWindows.withGap('1 h'))).toEqualTypeOf<
    WindowedStream<Flight, string, TimeWindow>
  >();
  expectTypeOf(byOrigin.window(EventTimeSessionWindows.withDynamicGap((flight: Flight) => flight.delay))).toEqualTypeOf<
    WindowedStream<Flight, string, TimeWindow>
  >();
  // @ts-expect-error no key
  flights.window(TumblingEventTimeWindows.of('1 d'));
  // @ts-expect-error no key
  flights.window(SlidingEventTimeWindows.of('1 d', '1 h'));
  // @ts-expect-error no key
  flights.window(EventTimeSessionWindows.withGap('1 h'));
  // @ts-expect-error no slide
  SlidingEventTimeWindows.of('1 d');
  // @ts-expect-error the gap of other records
  byOrigin.window(EventTimeSessionWindows.withDynamicGap((text: string) => text.length));
  // @ts-expect-error no key
  flights.sum('delay');
  // @ts-expect-error no key
  flights.reduce((a) => a);
  // @ts-expect-error uniting streams ends their key
  byOrigin.union(byOrigin).window(TumblingEventTimeWindows.of('1 d'));
});

test('sum takes numeric fields, min and max those with an order', () => {
  for (const stream of [byOrigin, windows]) {
    expectTypeOf(stream.sum('delay')).toEqualTypeOf<SingleOutputStreamOperator<Flight>>();
    stream.sum('miles');
    stream.sum('route.distance');
    stream.min('time');
    stream.maxBy('route.destination', false);
    // @ts-expect-error a text
    stream.sum('origin');
    // @ts-expect-error a date
    stream.sum('time');
    // @ts-expect-error may be undefined
    stream.sum('gate');
    // @ts-expect-error no such field
    stream.sum('distance');
    // @ts-expect-error a text in a nested object
    stream.sum('route.destination');
    // @ts-expect-error an object
    stream.max('route');
  }
});

test('positions of tuples are fields', () => {
  const pairs = env.fromCollection<[string, number]>([['a', 1]]).keyBy((pair) => pair[0]);
  pairs.sum(1);
  pairs.max(0);
  // @ts-expect-error a text
  pairs.sum(0);
  // @ts-expect-error no third element
  pairs.sum(2);
});

test('reduce keeps the type of the stream', () => {
  expectTypeOf(byOrigin.reduce((a, b) => (a.delay > b.delay ? a : b))).toEqualTypeOf<
    SingleOutputStreamOperator<Flight>
  >();
  // @ts-expect-error another type
  byOrigin.reduce((a, b) => a.delay + b.delay);
});

test('an aggregate gives the stream its result type', () => {
  const mean = windows.aggregate({
    createAccumulator: () => ({ sum: 0, count: 0 }),
    add: (flight: Flight, acc) => ({ sum: acc.sum + flight.delay, count: acc.count + 1 }),
    getResult: (acc) => acc.sum / acc.count,
  });
  expectTypeOf(mean).toEqualTypeOf<SingleOutputStreamOperator<number>>();
});

test('a keyed stream cannot be partitioned again', () => {
  expectTypeOf(flights.rebalance()).toEqualTypeOf<DataStream<Flight>>();
  // @ts-expect-error partitioned by key
  byOrigin.rebalance();
  // @ts-expect-error partitioned by key
  byOrigin.broadcast();
});

test('a stream without an operator of its own has no uid', () => {
  // @ts-expect-error a union has no state
  flights.union(flights).uid('x');
  // @ts-expect-error a partitioning has no state
  flights.rebalance().uid('x');
});

test('a sink takes what the stream carries', () => {
  const forFlights = {} as Sink<Flight>;
  const forOrigins = {} as Sink<{ readonly origin: string }, string, Uint8Array>;
  const forAll = {} as Sink<unknown>;
  const forMore = {} as Sink<Flight & { readonly gateName: string }>;
  const forNumbers = {} as Sink<number>;
  expectTypeOf(flights.sinkTo(forFlights)).toEqualTypeOf<DataStreamSink>();
  flights.sinkTo(forOrigins).uid('x');
  flights.sinkTo(forAll);
  // @ts-expect-error wants a field that flights do not have
  flights.sinkTo(forMore);
  // @ts-expect-error wants numbers
  flights.sinkTo(forNumbers);
});

test('side outputs have the type of their tag', () => {
  const rejected = outputTag<string>('rejected');
  expectTypeOf(flights.map((flight) => flight).getSideOutput(rejected)).toEqualTypeOf<DataStream<string>>();
  windows.sideOutputLateData(outputTag<Flight>('late'));
  // @ts-expect-error late records are flights
  windows.sideOutputLateData(rejected);
});

test('a watermark strategy fits the values of the source', () => {
  const byTime = WatermarkStrategy.forBoundedOutOfOrderness('5 s')
    .withTimestampAssigner((flight: Flight) => flight.time.getTime())
    .withIdleness('1 min');
  expectTypeOf(byTime).toEqualTypeOf<WatermarkStrategy<Flight>>();
  env.fromSource(flightSource, byTime, 'flights');
  env.fromSource(flightSource, WatermarkStrategy.forMonotonousTimestamps(), 'flights');
  WatermarkStrategy.forMonotonousTimestamps<Flight>().withTimestampAssigner((flight) => flight.delay);
  const forNumbers = WatermarkStrategy.noWatermarks().withTimestampAssigner((value: number) => value);
  // @ts-expect-error a strategy for numbers
  env.fromSource(flightSource, forNumbers, 'flights');
  // @ts-expect-error a strategy for numbers
  flights.assignTimestampsAndWatermarks(forNumbers);
});

test('a job is defined synchronously', () => {
  job('ok', (jobEnv) => {
    jobEnv.fromElements(1).print();
  });
  job('returns something', (jobEnv) => jobEnv.fromElements(1).print());
  // @ts-expect-error async
  job('async', async (jobEnv) => {
    jobEnv.fromElements(1).print();
  });
});

test('streams of a type parameter need no casts', () => {
  function latest<T, K>(stream: KeyedStream<T, K>, timeOf: (value: T) => number): DataStream<T> {
    return stream.reduce((a, b) => (timeOf(b) > timeOf(a) ? b : a));
  }
  function keyed<T, K extends string>(stream: DataStream<T>, keyOf: (value: T) => K): KeyedStream<T, K> {
    return stream
      .map((value) => value)
      .rebalance()
      .keyBy(keyOf);
  }
  expectTypeOf(
    latest(
      keyed(flights, (flight) => flight.origin),
      (flight) => flight.delay,
    ),
  ).toEqualTypeOf<DataStream<Flight>>();
});
