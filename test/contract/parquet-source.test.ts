import { ParquetSource, parquetSchema } from '../../src/connectors/parquet/index.ts';
import { memoryEnvironment } from '../support/memory-environment.ts';
import { timestamp, writeParquet } from '../support/parquet-writer.ts';
import { writeFiles } from '../support/write-files.ts';
import { describeSourceContract } from './source.ts';

const schema = parquetSchema({ id: 'int', at: 'timestamp', name: 'string?' });

interface Row {
  readonly id: number;
  readonly at: Date;
  readonly name: string | null;
}

const ROWS: readonly Row[] = Array.from({ length: 17 }, (_, id) => ({
  id,
  at: new Date(id * 1000),
  name: id % 3 === 0 ? null : `name ${id}`,
}));

function fileOf(rows: readonly Row[]): Uint8Array {
  return writeParquet(
    [
      { name: 'id', type: 'INT64', values: rows.map(({ id }) => BigInt(id)) },
      {
        name: 'at',
        type: 'INT64',
        values: rows.map(({ at }) => BigInt(at.getTime())),
        logical: timestamp('MILLIS', false),
      },
      { name: 'name', type: 'BYTE_ARRAY', values: rows.map(({ name }) => name), isDictionary: true, converted: 0 },
    ],
    { rowGroupRows: 4, pageRows: 3, codec: 'ZSTD' },
  );
}

for (const ordered of [undefined, 'at' as const]) {
  describeSourceContract<Row>({
    name: `ParquetSource${ordered === undefined ? '' : ', ordered'}`,
    makeEnvironment: async () => {
      const environment = memoryEnvironment();
      await writeFiles(environment.files, {
        '/in/a.parquet': fileOf(ROWS.slice(0, 10)),
        '/in/b.parquet': fileOf(ROWS.slice(10)),
      });
      return environment;
    },
    makeSource: () => ParquetSource.of(schema, '/in', ordered === undefined ? {} : { ordered }),
    expected: ROWS,
  });
}
