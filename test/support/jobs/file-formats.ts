/**
 * Everything that can be read from files, each input as a branch with an output of its own. Parameter `input` is a folder as
 * test/support/file-inputs.ts writes it; `rate` slows every source down.
 */
import { job, outputTag, rateLimited, WatermarkStrategy } from 'millrace';
import type { DataStream, SingleOutputStreamOperator, Source } from 'millrace';
import type { SourceSplit } from 'millrace/connectors';
import { FileSink, FileSource } from 'millrace/connectors/files';
import type { MalformedRecord } from 'millrace/connectors/files';
import { ParquetSource, parquetSchema } from 'millrace/connectors/parquet';
import type { Order } from '../file-inputs.ts';

const malformed = outputTag<MalformedRecord>('malformed');

/** Branches see sources of many types: each gives its rows as values that JSON has. */
type Branch = (read: Reader, input: string) => Readonly<Record<string, DataStream<unknown>>>;

interface Reader {
  <T, Split extends SourceSplit, State>(source: Source<T, Split, State>, name: string): SingleOutputStreamOperator<T>;
}

const rows = <T>(stream: DataStream<T>): DataStream<unknown> => stream.map((row): unknown => row);

const ordersAt =
  (path: string, options: Parameters<typeof FileSource.jsonLines<Order>>[1] = {}): Branch =>
  (read, input) => ({ main: rows(read(FileSource.jsonLines<Order>(`${input}/${path}`, options), path)) });

export const BRANCHES: Readonly<Record<string, Branch>> = {
  'json lines, in pieces': ordersAt('orders', { splitSize: 700 }),
  'json lines, one by name': ordersAt('orders/2024/b.jsonl'),
  'json lines, by pattern': ordersAt('orders/**/[bc].jsonl'),
  'json lines, included': ordersAt('orders', { include: '2024/*', exclude: 'c.jsonl' }),
  'json lines, packed by gzip': ordersAt('packed/orders.jsonl.gz'),
  'json lines, packed by zstd': ordersAt('packed/orders.jsonl.zst'),
  'json lines, parsed': (read, input) => {
    const source = FileSource.jsonLines(`${input}/orders`, {
      splitSize: 900,
      parse: (value): number => (value as Order).id * 2,
    });
    return { main: rows(read(source, 'parsed')) };
  },
  'json lines, some malformed': (read, input) => {
    const source = FileSource.jsonLines<Order>(`${input}/malformed.jsonl`, { malformed: { to: malformed, limit: 10 } });
    const stream = read(source, 'malformed');
    return { main: rows(stream), malformed: rows(stream.getSideOutput(malformed)) };
  },
  'json array': (read, input) => ({ main: rows(read(FileSource.jsonArray<Order>(`${input}/orders.json`), 'array')) }),
  'csv, in pieces': (read, input) => {
    const source = FileSource.csv(`${input}/plain.csv`, {
      multiline: false,
      splitSize: 500,
      types: { id: 'number', amount: 'number', at: 'date', big: 'bigint', note: 'string?' },
    });
    const stream = read(source, 'plain.csv');
    return { main: rows(stream.map(({ at, big, ...row }) => ({ ...row, at: at.getTime(), big: String(big) }))) };
  },
  'csv, quoted': (read, input) => ({ main: rows(read(FileSource.csv(`${input}/quoted.csv`), 'quoted.csv')) }),
  'csv, without header': (read, input) => {
    const source = FileSource.csv(`${input}/headless.csv`, { header: ['a', 'b'], delimiter: ';', quote: "'" });
    return { main: rows(read(source, 'headless.csv')) };
  },
  text: (read, input) => ({ main: rows(read(FileSource.text(`${input}/notes.txt`, { splitSize: 50 }), 'notes.txt')) }),
  'text, latin1': (read, input) => ({
    main: rows(read(FileSource.text(`${input}/latin1.txt`, { encoding: 'latin1' }), 'latin1.txt')),
  }),
  parquet: (read, input) => {
    const schema = parquetSchema({ id: 'int', name: 'string?', at: 'timestamp', amount: 'double' });
    const stream = read(ParquetSource.of(schema, `${input}/parquet`, { ordered: 'at' }), 'parquet');
    return { main: rows(stream.map(({ at, ...row }) => ({ ...row, at: at.getTime() }))) };
  },
};

export default job('file-formats', (env) => {
  const { parameters } = env;
  env.enableCheckpointing(parameters.get('interval') ?? '10 ms');
  const rate = parameters.number('rate');
  for (const [name, branch] of Object.entries(BRANCHES)) {
    const read: Reader = (source, sourceName) =>
      env
        .fromSource(
          rate === undefined ? source : rateLimited(source, rate),
          WatermarkStrategy.noWatermarks(),
          sourceName,
        )
        .uid(`${name}, ${sourceName}`);
    for (const [out, stream] of Object.entries(branch(read, parameters.require('input')))) {
      stream.sinkTo(FileSink.jsonLines(`${parameters.require('output')}/${name}/${out}`)).uid(`${name}, out ${out}`);
    }
  }
});
