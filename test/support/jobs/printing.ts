/** Long and short lines from several subtasks, each with its own beginning. */
import { DataGenerator, job, PrintSink, WatermarkStrategy } from 'millrace';

export const RECORDS = 400;
export const LINE_LENGTH = 20_000;

export default job('printing', (env) => {
  const numbers = env
    .fromSource(
      DataGenerator.of((n) => n, { count: RECORDS }),
      WatermarkStrategy.noWatermarks(),
      'numbers',
    )
    .uid('numbers');
  const long = numbers.map((n) => `${n} ${String.fromCharCode(97 + (n % 26)).repeat(n % 3 === 0 ? LINE_LENGTH : 10)}`);
  long.print('long');
  numbers.map((n) => ({ n, text: 'ä\nb', at: new Date(n), big: BigInt(n) })).print();
  numbers.global().print('one').setParallelism(1);
  numbers.filter((n) => n < 3).sinkTo(new PrintSink({ stream: 'err', name: 'warnings' }));
});
