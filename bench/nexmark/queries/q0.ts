/** Every bid as it comes: what the engine costs when there is nothing to do. */
import { job } from 'millrace';
import { bidStream } from '../event-streams.ts';
import { resultSink } from '../result-sink.ts';
import { bidRowForm } from '../bid-row.ts';

export default job('nexmark-q0', (env) => {
  bidStream(env)
    .map(({ auction, bidder, price, dateTime, extra }) => ({ auction, bidder, price, dateTime, extra }))
    .sinkTo(resultSink(env.parameters, bidRowForm))
    .uid('results');
});
