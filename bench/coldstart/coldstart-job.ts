/** Little to do: what a job's start takes until its first row has passed a keyed operator and is printed. */
import { job, NumberSequenceSource, WatermarkStrategy } from 'millrace';

export default job('coldstart', (env) => {
  env
    .fromSource(new NumberSequenceSource(1, 1000), WatermarkStrategy.noWatermarks(), 'numbers')
    .uid('numbers')
    .map((n) => ({ key: n % 10, n }))
    .keyBy(({ key }) => key)
    .sum('n')
    .uid('sums')
    .print();
});
