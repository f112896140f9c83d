/** Much state, and updates at a fixed rate: what checkpoints of it cost. */
import { job } from 'millrace';
import { LatencyKeeper } from '../paced/latency-keeper.ts';
import { pacedParameters } from '../paced/paced-parameters.ts';
import { PartSink } from '../parts/part-sink.ts';
import { latestTexts } from './latest-texts.ts';

export default job('checkpoint', (env) => {
  const parameters = pacedParameters(env.parameters);
  latestTexts(env, parameters)
    .sinkTo(new PartSink(parameters.results, ({ parallelism }) => LatencyKeeper.of(parameters.measured, parallelism)))
    .uid('results');
});
