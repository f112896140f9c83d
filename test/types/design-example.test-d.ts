import { expectTypeOf, test } from 'vitest';
import { job } from '../../src/api/job.ts';
import { WatermarkStrategy } from '../../src/api/watermark-strategies.ts';
import { FileSink } from '../../src/connectors/files/sink/file-sink.ts';
import type { Source } from '../../src/base/source.ts';
import { TumblingEventTimeWindows } from '../../src/operators/window/tumbling-event-time-windows.ts';

interface Flight {
  readonly date: Date;
  readonly delay: number;
  readonly origin: string;
}

declare const flights: Source<Flight>;

const flightTimes = WatermarkStrategy.forMonotonousTimestamps().withTimestampAssigner((flight: Flight) =>
  flight.date.getTime(),
);

const meanDelay = {
  createAccumulator: () => ({ flights: 0, delay: 0 }),
  add: (flight: Flight, acc: { flights: number; delay: number }) => ({
    flights: acc.flights + 1,
    delay: acc.delay + flight.delay,
  }),
  getResult: (acc: { flights: number; delay: number }) => ({
    flights: acc.flights,
    meanDelay: acc.delay / acc.flights,
  }),
};

test('a whole job needs no casts and no type arguments', () => {
  job('flight-delays', (env) => {
    env.enableCheckpointing('1 s', { mode: 'EXACTLY_ONCE', minPause: '500 ms' });
    env
      .fromSource(flights, flightTimes, 'flights')
      .uid('flights')
      .filter((flight) => flight.delay > 0)
      .keyBy((flight) => flight.origin)
      .window(TumblingEventTimeWindows.of('1 d'))
      .aggregate(meanDelay)
      .uid('mean-delay')
      .sinkTo(
        FileSink.jsonLines(env.parameters.require('output'), {
          bucket: (row) => {
            expectTypeOf(row).toEqualTypeOf<{ flights: number; meanDelay: number }>();
            return String(row.flights);
          },
        }),
      )
      .uid('results');
  });
});
