import { DataGenerator, WatermarkStrategy } from 'millrace';
import type { KeyedStream, StreamExecutionEnvironment } from 'millrace';

interface Numbers {
  /** 0, 1, 2, ..., so many of them. */
  readonly records: number;
  readonly keys: number;
  readonly recordsPerSecond?: number;
}

/** Numbers by their remainder, slow enough for faults to strike between them: what several scenarios begin with. */
export function keyedNumbers(
  env: StreamExecutionEnvironment,
  { records, keys, recordsPerSecond = 1500 }: Numbers,
): KeyedStream<number, number> {
  return env
    .fromSource(
      DataGenerator.of((index) => index, { count: records, recordsPerSecond }),
      WatermarkStrategy.noWatermarks(),
      'numbers',
    )
    .uid('numbers')
    .keyBy((value) => value % keys);
}
