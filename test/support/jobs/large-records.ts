/** A few records of many megabytes: through exchanges, keyed state and files. Parameters: `input`, `output`. */
import { DataGenerator, job, KeyedProcessFunction, valueState, WatermarkStrategy } from 'millrace';
import type { Collector } from 'millrace';
import { FileSink, FileSource } from 'millrace/connectors/files';

export const MEGABYTE: number = 1024 * 1024;
export const RECORDS = 3;

export interface Large {
  readonly id: number;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly list: readonly { readonly n: number; readonly name: string }[];
}

export function large(id: number): Large {
  return {
    id,
    text: (id % 2 === 0 ? 'a' : 'ß€🌍').repeat((id + 1) * 2 * MEGABYTE),
    bytes: new Uint8Array((id + 1) * 4 * MEGABYTE).fill(id + 1),
    list: Array.from({ length: 5000 }, (_, n) => ({ n: n * id, name: `entry ${n}` })),
  };
}

export interface Measured {
  readonly id: number;
  readonly textLength: number;
  readonly textEnd: string;
  readonly byteLength: number;
  readonly isEachByte: boolean;
  readonly listSum: number;
  readonly lastName: string | undefined;
  /** Of the record before with this key. */
  readonly before: number | null;
}

export function measured(value: Large, before: number | null): Measured {
  return {
    id: value.id,
    textLength: value.text.length,
    textEnd: value.text.slice(-6),
    byteLength: value.bytes.length,
    isEachByte: value.bytes.every((byte) => byte === value.id + 1),
    listSum: value.list.reduce((sum, { n }) => sum + n, 0),
    lastName: value.list.at(-1)?.name,
    before,
  };
}

/** Keeps the whole record until the next one comes. */
class WithTheOneBefore extends KeyedProcessFunction<number, Large, Measured> {
  state = { last: valueState<Large>('last') };

  override processElement(value: Large, _ctx: this['Context'], out: Collector<Measured>): void {
    out.collect(measured(value, this.state.last.value()?.text.length ?? null));
    this.state.last.update(value);
  }
}

export default job('large-records', (env) => {
  const { parameters } = env;
  env.enableCheckpointing('50 ms');
  const output = parameters.require('output');
  env
    .fromSource(DataGenerator.of(large, { count: RECORDS }), WatermarkStrategy.noWatermarks(), 'large')
    .uid('large')
    .keyBy(({ id }) => id % 2)
    .process(new WithTheOneBefore())
    .uid('before')
    .sinkTo(FileSink.jsonLines(`${output}/measured`))
    .uid('measured');
  env
    .fromSource(
      FileSource.text(parameters.require('input'), { maxRecordSize: '64 mb' }),
      WatermarkStrategy.noWatermarks(),
      'lines',
    )
    .uid('lines')
    .rebalance()
    .map((line) => line)
    .sinkTo(FileSink.text(`${output}/lines`))
    .uid('lines-out');
});
