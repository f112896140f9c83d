/** How many bids a bidder makes in one go: without a pause of more than 100 ms. */
import { EventTimeSessionWindows, job, ProcessWindowFunction } from 'millrace';
import type { AggregateFunction, Collector, TimeWindow } from 'millrace';
import { bidStream } from '../event-streams.ts';
import { resultSink } from '../result-sink.ts';

interface Session {
  readonly bidder: number;
  readonly count: number;
  readonly startMs: number;
  readonly endMs: number;
}

const bidCount: AggregateFunction<unknown, number, number> = {
  createAccumulator: () => 0,
  add: (_bid, count) => count + 1,
  getResult: (count) => count,
  merge: (a, b) => a + b,
};

class CountOfSession extends ProcessWindowFunction<number, Session, number, TimeWindow> {
  override process(
    bidder: number,
    { window }: this['Context'],
    counts: Iterable<number>,
    out: Collector<Session>,
  ): void {
    for (const count of counts) out.collect({ bidder, count, startMs: window.startMs, endMs: window.endMs });
  }
}

export default job('nexmark-q11', (env) => {
  bidStream(env)
    .map(({ bidder }) => bidder)
    .keyBy((bidder) => bidder)
    .window(EventTimeSessionWindows.withGap('100 ms'))
    .aggregate(bidCount, new CountOfSession())
    .uid('sessions')
    .sinkTo(
      resultSink(env.parameters, {
        number: ({ count }) => count,
        text: ({ bidder, count, startMs, endMs }) => `${bidder}|${count}|${startMs}|${endMs}`,
      }),
    )
    .uid('results');
});
