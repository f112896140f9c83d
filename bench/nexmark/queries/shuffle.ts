/** Every bid, whole, to the subtask of its auction: what the exchange costs. */
import { job } from 'millrace';
import { bidRowForm } from '../bid-row.ts';
import { bidStream } from '../event-streams.ts';
import type { Bid } from '../generator.ts';
import { resultSink } from '../result-sink.ts';

export default job('nexmark-shuffle', (env) => {
  bidStream(env)
    .keyBy(({ auction }) => auction)
    .sinkTo(
      resultSink<Bid>(env.parameters, {
        // All strings have to arrive.
        number: ({ price, extra, url, channel }) => price + extra.length + url.length + channel.length,
        text: bidRowForm.text,
      }),
    )
    .uid('results');
});
