/** Every bid with its price in euros. */
import { job } from 'millrace';
import { bidRowForm } from '../bid-row.ts';
import { bidStream } from '../event-streams.ts';
import { resultSink } from '../result-sink.ts';

export default job('nexmark-q1', (env) => {
  bidStream(env)
    .map(({ auction, bidder, price, dateTime, extra }) => ({
      auction,
      bidder,
      price: Math.floor((price * 908) / 1000),
      dateTime,
      extra,
    }))
    .sinkTo(resultSink(env.parameters, bidRowForm))
    .uid('results');
});
