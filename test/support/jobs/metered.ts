/**
 * A job whose metrics are known beforehand: lines of files, one string field counted by key, into a file. Parameters: `input`,
 * `output`, `open` keeps the source open when all is read.
 */
import { job, TumblingEventTimeWindows, WatermarkStrategy } from 'millrace';
import { FileSink, FileSource } from 'millrace/connectors/files';

export interface Line {
  readonly key: string;
  readonly ts: number;
}

export default job('metered', (env) => {
  const { parameters } = env;
  env.enableCheckpointing('10 ms').configure('pipeline.auto-watermark-interval', '5 ms');
  const source = FileSource.jsonLines<Line>(
    parameters.require('input'),
    parameters.flag('open') ? { watch: '5 ms' } : {},
  );
  const times = WatermarkStrategy.forMonotonousTimestamps<Line>().withTimestampAssigner(({ ts }) => ts);
  const lines = env.fromSource(source, times, 'lines').uid('lines');
  const kept = lines.filter(({ key }) => key !== 'dropped');
  kept
    .keyBy(({ key }) => key)
    .window(TumblingEventTimeWindows.of(10))
    .reduce((a) => a)
    .name('windows')
    .uid('windows')
    .sinkTo(FileSink.jsonLines(`${parameters.require('output')}/windows`))
    .uid('windows-out')
    .name('windows out');
  kept
    .broadcast()
    .map((line) => line)
    .name('everywhere')
    .sinkTo(FileSink.jsonLines(`${parameters.require('output')}/everywhere`))
    .uid('everywhere-out')
    .name('everywhere out');
});
