/** The bids for some of the auctions. */
import { job } from 'millrace';
import { bidStream } from '../event-streams.ts';
import { resultSink } from '../result-sink.ts';

export default job('nexmark-q2', (env) => {
  bidStream(env)
    .filter(({ auction }) => auction % 123 === 0)
    .map(({ auction, price }) => ({ auction, price }))
    .sinkTo(
      resultSink(env.parameters, {
        number: ({ price }) => price,
        text: ({ auction, price }) => `${auction}|${price}`,
      }),
    )
    .uid('results');
});
