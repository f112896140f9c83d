/**
 * State of 125 bytes a key and updates at a fixed rate. The sink writes down when the first row has come and when rows are on time
 * again; some of the rows go to files that appear when their checkpoint is complete.
 */
import { job } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { latestTexts } from '../checkpoint/latest-texts.ts';
import type { Updated } from '../checkpoint/latest-texts.ts';
import { pacedParameters } from '../paced/paced-parameters.ts';
import { PartSink } from '../parts/part-sink.ts';
import { ProgressKeeper } from './progress-keeper.ts';

const ROWS_PER_FILED_ROW = 1000;

export default job('recovery', (env) => {
  const parameters = pacedParameters(env.parameters);
  const notes = env.parameters.require('notes');
  const updated = latestTexts(env, parameters);
  updated
    .sinkTo(new PartSink(parameters.results, ({ subtaskIndex }) => new ProgressKeeper(notes, subtaskIndex)))
    .uid('progress');
  updated
    .filter(({ n }) => n >= 0 && n % ROWS_PER_FILED_ROW === 0)
    .sinkTo(FileSink.jsonLines<Updated>(env.parameters.require('output'), { rolling: { onCheckpoint: true } }))
    .uid('files');
});
