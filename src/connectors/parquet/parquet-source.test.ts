import { describe, expect, it } from 'vitest';
import { FakeSourceJob } from '../../../test/support/fake-source-job.ts';
import { memoryEnvironment } from '../../../test/support/memory-environment.ts';
import type { MemoryEnvironment } from '../../../test/support/memory-environment.ts';
import { timestamp, writeParquet } from '../../../test/support/parquet-writer.ts';
import type { ParquetFileOptions, WrittenColumn } from '../../../test/support/parquet-writer.ts';
import { readSource } from '../../../test/support/read-source.ts';
import { writeFiles } from '../../../test/support/write-files.ts';
import { checkpointId } from '../../base/ids.ts';
import type { EnumeratorContext } from '../../base/source.ts';
import { parquetSchema } from './parquet-schema.ts';
import { ParquetSource } from './parquet-source.ts';
import type { ParquetSplit } from './parquet-split.ts';

const ints = (name: string, values: readonly (number | null)[]): WrittenColumn => ({ name, type: 'INT32', values });
const times = (...ms: number[]): WrittenColumn => ({
  name: 'at',
  type: 'INT64',
  values: ms.map((each) => BigInt(each) * 1000n),
  logical: timestamp('MICROS', true),
});

async function inputOf(
  files: Readonly<Record<string, readonly WrittenColumn[]>>,
  options: ParquetFileOptions = {},
): Promise<MemoryEnvironment> {
  const environment = memoryEnvironment();
  const contents = Object.entries(files).map(([path, columns]) => [path, writeParquet(columns, options)]);
  await writeFiles(environment.files, Object.fromEntries(contents));
  return environment;
}

describe('ParquetSource', () => {
  it('reads files and row groups in order, with the columns of the schema', async () => {
    const environment = await inputOf(
      {
        '/in/b.parquet': [ints('x', [4, 5]), ints('y', [0, 0])],
        '/in/a.parquet': [ints('x', [1, 2, 3]), ints('y', [0, 0, 0])],
      },
      { rowGroupRows: 2 },
    );
    const rows = await readSource(ParquetSource.of(parquetSchema({ x: 'int' }), '/in/*.parquet'), environment);
    expect(rows).toEqual([{ x: 1 }, { x: 2 }, { x: 3 }, { x: 4 }, { x: 5 }]);
  });

  it('ends at once for a file without rows', async () => {
    const environment = await inputOf({ '/in/a.parquet': [ints('x', [])] });
    expect(await readSource(ParquetSource.of(undefined, '/in/a.parquet'), environment)).toEqual([]);
    expect(environment.logged).toEqual(['The input has no rows']);
  });

  it('holds the schema against every file before the first row', async () => {
    const environment = await inputOf({ '/in/a.parquet': [ints('x', [1])], '/in/b.parquet': [ints('y', [1])] });
    const job = new FakeSourceJob({
      source: ParquetSource.of(parquetSchema({ x: 'int' }), '/in'),
      environment,
      parallelism: 1,
    });
    await expect(job.start()).rejects.toMatchObject({
      code: 'SCHEMA_MISMATCH',
      message: expect.stringContaining('/in/b.parquet') as string,
    });
    await job.close();
  });

  it.each([
    [true, /has nulls, so its type needs a '\?'/],
    [false, /'x' at row 1 .* null/],
  ])('refuses nulls that the schema does not allow, by statistics: %j', async (hasStatistics, message) => {
    const environment = await inputOf({ '/in/a.parquet': [ints('x', [1, null])] }, { hasStatistics });
    const source = ParquetSource.of(parquetSchema({ x: 'int' }), '/in/a.parquet');
    await expect(readSource(source, environment)).rejects.toMatchObject({
      code: 'SCHEMA_MISMATCH',
      message: expect.stringMatching(message) as string,
    });
    const nullable = ParquetSource.of(parquetSchema({ x: 'int?' }), '/in/a.parquet');
    expect(await readSource(nullable, environment)).toEqual([{ x: 1 }, { x: null }]);
  });

  it('says that there is no input', async () => {
    const source = ParquetSource.of(undefined, '/in/a.parquet');
    await expect(readSource(source, memoryEnvironment())).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  it.each([
    ['no Parquet', new TextEncoder().encode('certainly not a Parquet file')],
    ['cut', writeParquet([ints('x', [1])]).slice(0, -20)],
  ])('says that a file is %s', async (_, content) => {
    const environment = memoryEnvironment();
    await writeFiles(environment.files, { '/in/a.parquet': content });
    await expect(readSource(ParquetSource.of(undefined, '/in/a.parquet'), environment)).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      message: expect.stringContaining("Reading '/in/a.parquet' failed:") as string,
    });
  });

  it('says that a page is damaged', async () => {
    const environment = await inputOf({ '/in/a.parquet': [ints('x', [1, 2, 3])] }, { codec: 'ZSTD' });
    const handle = await environment.files.open('/in/a.parquet', 'write');
    const damaged = (await environment.files.readFile('/in/a.parquet')).fill(0xff, 20, 40);
    await handle.write(damaged, 0);
    await expect(readSource(ParquetSource.of(undefined, '/in/a.parquet'), environment)).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
    });
  });

  it.each([
    ['was modified', (bytes: Uint8Array) => bytes],
    ['became longer', (bytes: Uint8Array) => Uint8Array.of(...bytes, 0)],
  ])('says that a file %s after it was found', async (_, change) => {
    const environment = await inputOf({ '/in/a.parquet': [ints('x', [1])] });
    const job = new FakeSourceJob({
      source: ParquetSource.of(undefined, '/in/a.parquet'),
      environment,
      parallelism: 1,
    });
    await job.start();
    await writeFiles(environment.files, { '/in/a.parquet': change(await environment.files.readFile('/in/a.parquet')) });
    await expect(job.runToEnd()).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
    await job.close();
  });

  it.each([
    ['no path', () => ParquetSource.of(undefined, [])],
    ['an empty path', () => ParquetSource.of(undefined, '')],
    ['no columns', () => ParquetSource.of(parquetSchema({}), '/in')],
    ['a column twice', () => ParquetSource.of(undefined, '/in', { columns: ['x', 'x'] })],
    ['an order that is not read', () => ParquetSource.of(undefined, '/in', { columns: ['x'], ordered: 'y' })],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }));
  });
});

describe('ParquetSource, ordered', () => {
  /** What the enumerator said, in order. */
  async function toldBy(
    source: ParquetSource<unknown>,
    environment: MemoryEnvironment,
    requests: number,
  ): Promise<readonly unknown[]> {
    const told: unknown[] = [];
    const context: EnumeratorContext<ParquetSplit> = {
      environment,
      logger: environment.logger,
      parallelism: 1,
      registeredReaders: new Set([0]),
      assignSplits: (_, splits) => void told.push(...splits.map(({ splitId }) => splitId)),
      signalNoMoreSplits: () => void told.push('no more'),
      signalNoSplitsYet: () => {},
      setUnassignedLowerBound: (timestampMs) => void told.push(timestampMs),
      callAsync: () => {},
      after: () => {},
    };
    const enumerator = source.createEnumerator(context, undefined);
    await enumerator.start();
    for (let request = 0; request < requests; request++) enumerator.handleSplitRequest(0);
    const { pending } = enumerator.snapshotState(checkpointId(1));
    told.push(pending.map(({ splitId }) => splitId));
    return told;
  }

  it('assigns by time over all files, and tells the earliest time that is left', async () => {
    const environment = await inputOf(
      { '/in/a': [times(10, 11, 30, 31)], '/in/b': [times(20, 21, 40, 41)] },
      { rowGroupRows: 2 },
    );
    const source = ParquetSource.of(parquetSchema({ at: 'timestamp' }), '/in', { ordered: 'at' });
    expect(source.hasOrderedSplits).toBe(true);
    expect(await toldBy(source, environment, 5)).toEqual([
      10,
      '/in/a#0',
      20,
      '/in/b#0',
      30,
      '/in/a#1',
      40,
      '/in/b#1',
      Number.POSITIVE_INFINITY,
      'no more',
      [],
    ]);
  });

  it('puts splits that come back in their place, and lowers the time', async () => {
    const environment = await inputOf({ '/in/a': [times(10, 20, 30)] }, { rowGroupRows: 1 });
    const source = ParquetSource.of(undefined, '/in', { ordered: 'at' });
    const bounds: number[] = [];
    const assigned: ParquetSplit[] = [];
    const enumerator = source.createEnumerator(
      {
        environment,
        logger: environment.logger,
        parallelism: 1,
        registeredReaders: new Set([0]),
        assignSplits: (_, splits) => void assigned.push(...splits),
        signalNoMoreSplits: () => {},
        signalNoSplitsYet: () => {},
        setUnassignedLowerBound: (timestampMs) => void bounds.push(timestampMs),
        callAsync: () => {},
        after: () => {},
      },
      undefined,
    );
    await enumerator.start();
    enumerator.handleSplitRequest(0);
    enumerator.handleSplitRequest(0);
    enumerator.addSplitsBack(assigned.slice(0, 1), 0);
    enumerator.handleSplitRequest(0);
    expect(assigned.map(({ earliestMs }) => earliestMs)).toEqual([10, 20, 10]);
    expect(bounds).toEqual([10, 20, 30, 10, 30]);
  });

  it('refuses files that do not say the times of their row groups', async () => {
    const environment = await inputOf({ '/in/a': [times(10)] }, { hasStatistics: false });
    const source = ParquetSource.of(undefined, '/in', { ordered: 'at' });
    await expect(readSource(source, environment)).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' });
  });

  it('tells nothing when it is not ordered', async () => {
    const environment = await inputOf({ '/in/a': [times(10)] });
    expect(await toldBy(ParquetSource.of(undefined, '/in'), environment, 1)).toEqual(['/in/a#0', []]);
  });
});
