/** One stream into file sinks of all kinds, each with a folder of its own below `output`. */
import { DataGenerator, job, WatermarkStrategy } from 'millrace';
import type { DataStream, DataStreamSink } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

export interface Sale {
  readonly id: number;
  readonly country: string;
  readonly text: string | null;
  readonly big: bigint;
  readonly at: Date;
}

export const RECORDS = 900;

export const sale = (id: number): Sale => ({
  id,
  country: ['NO', 'PT', 'FR'][id % 3] ?? '',
  text: [`plain ${id}`, 'with, "both"', 'two\nlines', '', null][id % 5] ?? null,
  big: 2n ** 63n + BigInt(id),
  at: new Date(Date.UTC(2024, 4, 1) + id * 10_000),
});

export const lineOf = ({ id, country }: Sale): string => `${id} ${country}`;

/** A folder for the day, and in it one for the hour. */
export const hourOf = (timestampMs: number): string => {
  const time = new Date(timestampMs).toISOString();
  return `${time.slice(0, 10)}/${time.slice(11, 13)}`;
};

export const SIZE_BYTES = 1500;

const SINKS: Readonly<Record<string, (sales: DataStream<Sale>, folder: string) => DataStreamSink>> = {
  'json lines': (sales, folder) => sales.sinkTo(FileSink.jsonLines(folder)),
  csv: (sales, folder) => sales.sinkTo(FileSink.csv(folder, { columns: ['id', 'text', 'big', 'at'] })),
  'csv, plain': (sales, folder) =>
    sales.sinkTo(FileSink.csv(folder, { columns: ['country', 'id'], header: false, delimiter: ';', suffix: '.txt' })),
  text: (sales, folder) => sales.map(lineOf).sinkTo(FileSink.text(folder, { prefix: 'lines' })),
  'by size': (sales, folder) => sales.map(lineOf).sinkTo(FileSink.text(folder, { rolling: { size: SIZE_BYTES } })),
  'by age': (sales, folder) => sales.map(lineOf).sinkTo(FileSink.text(folder, { rolling: { interval: '15 ms' } })),
  'at checkpoints': (sales, folder) =>
    sales.map(lineOf).sinkTo(FileSink.text(folder, { rolling: { onCheckpoint: true } })),
  packed: (sales, folder) => sales.map(lineOf).sinkTo(FileSink.text(folder, { compression: 'zstd' })),
  'at least once': (sales, folder) =>
    sales.map(lineOf).sinkTo(FileSink.text(folder, { guarantee: 'at-least-once', rolling: { size: SIZE_BYTES } })),
  'in buckets': (sales, folder) =>
    sales.map(lineOf).sinkTo(FileSink.text(folder, { bucket: (_, { timestampMs }) => hourOf(timestampMs) })),
  'in buckets by value': (sales, folder) =>
    sales.sinkTo(FileSink.jsonLines(folder, { bucket: ({ country }) => (country === 'FR' ? '' : `c=${country}`) })),
};

export default job('file-sinks', (env) => {
  const { parameters } = env;
  if (!parameters.flag('without-checkpoints')) env.enableCheckpointing('10 ms');
  const recordsPerSecond = parameters.number('rate');
  const source = DataGenerator.of(sale, {
    count: RECORDS,
    timestamp: (id) => sale(id).at.getTime(),
    ...(recordsPerSecond === undefined ? {} : { recordsPerSecond }),
  });
  const sales = env.fromSource(source, WatermarkStrategy.forMonotonousTimestamps(), 'sales').uid('sales');
  for (const [name, addSink] of Object.entries(SINKS)) {
    addSink(sales, `${parameters.require('output')}/${name}`).uid(`out ${name}`);
  }
});
