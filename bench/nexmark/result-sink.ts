/** Where a query's rows end. */
import type { JobParameters } from 'millrace';
import { PartSink } from '../parts/part-sink.ts';
import { makeTally } from './tally.ts';
import type { RowForm, TallyResult, TallyState } from './tally.ts';

/** As the command says: `--results` is a folder for the parts of the result, `--verify` asks for check values. */
export function resultSink<T>(parameters: JobParameters, form: RowForm<T>): PartSink<T, TallyState, TallyResult> {
  const isChecked = parameters.flag('verify');
  return new PartSink(parameters.require('results'), () => makeTally(form, isChecked));
}
