/**
 * Reads files and writes what it has read. Parameters: `input`, `format`, `rate` in records per second, `limit` of records that
 * cannot be parsed and go to the folder `malformed`, `bucket` of the output.
 */
import { job, outputTag, rateLimited, WatermarkStrategy } from 'millrace';
import type { JobParameters, Source } from 'millrace';
import type { SourceSplit } from 'millrace/connectors';
import { FileSink, FileSource } from 'millrace/connectors/files';
import type { FileSourceOptions, MalformedRecord } from 'millrace/connectors/files';

const MALFORMED = outputTag<MalformedRecord>('malformed');

export default job('reading-files', (env) => {
  const { parameters } = env;
  env.enableCheckpointing('20 ms');
  const rate = parameters.number('rate');
  const source = sourceOf(parameters);
  const records = env
    .fromSource(rate === undefined ? source : rateLimited(source, rate), WatermarkStrategy.noWatermarks(), 'input')
    .uid('input');
  const bucket = parameters.get('bucket');
  records
    .sinkTo(
      FileSink.jsonLines(parameters.require('output'), {
        rolling: { onCheckpoint: true },
        ...(bucket === undefined ? {} : { bucket: () => bucket }),
      }),
    )
    .uid('results');
  const malformed = parameters.get('malformed');
  if (malformed === undefined) return;
  records.getSideOutput(MALFORMED).sinkTo(FileSink.jsonLines(malformed)).name('malformed').uid('malformed');
});

function sourceOf(parameters: JobParameters): Source<unknown, SourceSplit, never> {
  const input = parameters.require('input');
  const limit = parameters.number('limit');
  const options: FileSourceOptions = {
    splitSize: parameters.get('split-size') ?? '16 mb',
    ...(limit === undefined ? {} : { malformed: { to: MALFORMED, limit } }),
  };
  switch (parameters.get('format')) {
    case 'csv':
      return FileSource.csv(input, { ...options, types: { city: 'string', delay: 'number' } }) as never;
    case 'a parse function that throws':
      return FileSource.text(input, { ...options, parse: refuseTwo }) as never;
    case 'a parse function that returns a promise':
      return FileSource.text(input, { ...options, parse: (line) => Promise.resolve(line) }) as never;
    default:
      return FileSource.jsonLines(input, options) as never;
  }
}

function refuseTwo(line: string): string {
  if (line.includes('2')) throw new RangeError('no twos here');
  return line;
}
