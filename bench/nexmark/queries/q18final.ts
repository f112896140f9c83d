/** As q18; what is checked is the last row of each pair, which is the same in whatever order the events come. */
import { job } from 'millrace';
import { lastBids, pairOf } from '../last-bids.ts';
import { resultSink } from '../result-sink.ts';

export default job('nexmark-q18final', (env) => {
  lastBids(env)
    .sinkTo(
      resultSink(env.parameters, {
        number: ({ price }) => price,
        // Without the price: two bids of a pair may share a millisecond.
        text: ({ auction, bidder, dateTime }) => `${auction}|${bidder}|${dateTime}`,
        key: pairOf,
      }),
    )
    .uid('results');
});
