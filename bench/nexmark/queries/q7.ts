/**
 * The highest bids of each 10 s: first those of parts of the bids, which all subtasks find side by side, then those of all.
 */
import { job, TumblingEventTimeWindows } from 'millrace';
import type { AggregateFunction } from 'millrace';
import { bidStream } from '../event-streams.ts';
import { resultSink } from '../result-sink.ts';

/** Many more than subtasks, so that each of them gets about as many. */
const PART_COUNT = 64;

interface PricedBid {
  readonly auction: number;
  readonly price: number;
  readonly bidder: number;
  readonly dateTime: number;
}

/** All bids of the highest price, of which there is at least one once anything was added. */
interface Highest {
  price: number;
  bids: PricedBid[];
}

const highestBids: AggregateFunction<PricedBid, Highest, readonly PricedBid[]> = {
  createAccumulator: () => ({ price: -1, bids: [] }),
  add: (bid, highest) => {
    if (bid.price > highest.price) {
      highest.price = bid.price;
      highest.bids = [bid];
    } else if (bid.price === highest.price) {
      highest.bids.push(bid);
    }
    return highest;
  },
  getResult: ({ bids }) => bids,
};

export default job('nexmark-q7', (env) => {
  bidStream(env)
    .map(({ auction, price, bidder, dateTime }): PricedBid => ({ auction, price, bidder, dateTime }))
    .keyBy(({ dateTime }) => dateTime % PART_COUNT)
    .window(TumblingEventTimeWindows.of('10 s'))
    .aggregate(highestBids)
    .uid('highest-of-part')
    .flatMap<PricedBid>((bids, out) => {
      for (const bid of bids) out.collect(bid);
    })
    .keyBy(() => 'all')
    .window(TumblingEventTimeWindows.of('10 s'))
    .aggregate(highestBids)
    .uid('highest-of-all')
    .flatMap<PricedBid>((bids, out) => {
      for (const bid of bids) out.collect(bid);
    })
    .sinkTo(
      resultSink(env.parameters, {
        number: ({ price }) => price,
        text: ({ auction, price, bidder, dateTime }) => `${auction}|${price}|${bidder}|${dateTime}`,
      }),
    )
    .uid('results');
});
