/**
 * Delays by airport and day: three million flights, in event time, exactly once.
 *
 * Parameters: --input (Parquet file), --output (folder), --rows-per-second (slows the source down, to have time to kill it).
 * One line for each origin and day: origin, day, flights, delayed (by more than 0 minutes), meanDelay (minutes, early ones negative).
 */
import { job, ProcessWindowFunction, rateLimited, TumblingEventTimeWindows, WatermarkStrategy } from 'millrace';
import type { AggregateFunction, Collector, TimeWindow } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { ParquetSource, parquetSchema } from 'millrace/connectors/parquet';

const flightColumns = parquetSchema({ date: 'timestamp', delay: 'int', origin: 'string' });

interface Flight {
  readonly date: Date;
  /** Minutes; negative when early. */
  readonly delay: number;
  readonly origin: string;
}

interface Delays {
  flights: number;
  delayed: number;
  minutes: number;
}

export interface AirportDay {
  readonly origin: string;
  /** 'YYYY-MM-DD', UTC. */
  readonly day: string;
  readonly flights: number;
  readonly delayed: number;
  readonly meanDelay: number;
}

const sumOfDelays: AggregateFunction<Flight, Delays, Delays> = {
  createAccumulator: () => ({ flights: 0, delayed: 0, minutes: 0 }),
  add: ({ delay }, { flights, delayed, minutes }) => ({
    flights: flights + 1,
    delayed: delayed + (delay > 0 ? 1 : 0),
    minutes: minutes + delay,
  }),
  getResult: (delays) => delays,
  merge: (a, b) => ({ flights: a.flights + b.flights, delayed: a.delayed + b.delayed, minutes: a.minutes + b.minutes }),
};

class NameTheDay extends ProcessWindowFunction<Delays, AirportDay, string, TimeWindow> {
  override process(
    origin: string,
    context: this['Context'],
    delays: Iterable<Delays>,
    out: Collector<AirportDay>,
  ): void {
    const day = new Date(context.window.startMs).toISOString().slice(0, 10);
    for (const { flights, delayed, minutes } of delays) {
      out.collect({ origin, day, flights, delayed, meanDelay: Math.round((minutes / flights) * 100) / 100 });
    }
  }
}

export default job('flight-delays', (env) => {
  env.enableCheckpointing('1 s', { mode: 'EXACTLY_ONCE', minPause: '100 ms' });
  const file = ParquetSource.of(flightColumns, env.parameters.require('input'), { ordered: 'date' });
  const rowsPerSecond = env.parameters.number('rows-per-second');
  const flights = rowsPerSecond === undefined ? file : rateLimited(file, rowsPerSecond);
  const flightTimes = WatermarkStrategy.forMonotonousTimestamps<Flight>().withTimestampAssigner(({ date }) =>
    date.getTime(),
  );
  env
    .fromSource(flights, flightTimes, 'flights')
    .uid('flights')
    .keyBy(({ origin }) => origin)
    .window(TumblingEventTimeWindows.of('1 d'))
    .aggregate(sumOfDelays, new NameTheDay())
    .name('delays by airport and day')
    .uid('delays')
    .sinkTo(FileSink.jsonLines<AirportDay>(env.parameters.require('output')))
    .name('results')
    .uid('results');
});
