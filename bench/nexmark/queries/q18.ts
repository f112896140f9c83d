/** The last bid of every bidder for every auction: one row whenever there is a newer one. */
import { job } from 'millrace';
import { lastBids } from '../last-bids.ts';
import { resultSink } from '../result-sink.ts';

export default job('nexmark-q18', (env) => {
  lastBids(env)
    .sinkTo(
      resultSink(env.parameters, {
        number: ({ price }) => price,
        text: ({ auction, bidder, price, dateTime }) => `${auction}|${bidder}|${price}|${dateTime}`,
      }),
    )
    .uid('results');
});
