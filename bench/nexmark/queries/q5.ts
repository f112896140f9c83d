/** The auctions with the most bids of the last 10 s, every 2 s. */
import { job, ProcessWindowFunction, SlidingEventTimeWindows, TumblingEventTimeWindows } from 'millrace';
import type { AggregateFunction, Collector, TimeWindow } from 'millrace';
import { bidStream } from '../event-streams.ts';
import { resultSink } from '../result-sink.ts';

interface AuctionCount {
  readonly auction: number;
  readonly count: number;
  readonly windowStart: number;
}

const bidCount: AggregateFunction<unknown, number, number> = {
  createAccumulator: () => 0,
  add: (_bid, count) => count + 1,
  getResult: (count) => count,
  merge: (a, b) => a + b,
};

class CountOfWindow extends ProcessWindowFunction<number, AuctionCount, number, TimeWindow> {
  override process(
    auction: number,
    { window }: this['Context'],
    counts: Iterable<number>,
    out: Collector<AuctionCount>,
  ): void {
    for (const count of counts) out.collect({ auction, count, windowStart: window.startMs });
  }
}

const highestCounts: AggregateFunction<AuctionCount, AuctionCount[], readonly AuctionCount[]> = {
  createAccumulator: () => [],
  add: (next, highest) => {
    const [first] = highest;
    if (first === undefined || next.count > first.count) return [next];
    if (next.count === first.count) highest.push(next);
    return highest;
  },
  getResult: (highest) => highest,
};

export default job('nexmark-q5', (env) => {
  bidStream(env)
    .map(({ auction }) => auction)
    .keyBy((auction) => auction)
    .window(SlidingEventTimeWindows.of('10 s', '2 s'))
    .aggregate(bidCount, new CountOfWindow())
    .uid('counts')
    // The counts of a window carry its last moment, so that a tumbling window as long as the slide holds them all.
    .keyBy(({ windowStart }) => windowStart)
    .window(TumblingEventTimeWindows.of('2 s'))
    .aggregate(highestCounts)
    .uid('highest-counts')
    .flatMap<AuctionCount>((counts, out) => {
      for (const count of counts) out.collect(count);
    })
    .sinkTo(
      resultSink(env.parameters, {
        number: ({ count }) => count,
        text: ({ auction, count, windowStart }) => `${auction}|${count}|${windowStart}`,
      }),
    )
    .uid('results');
});
