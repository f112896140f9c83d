import { describe, expect, it } from 'vitest';
import { checkpointId } from '../../../base/ids.ts';
import { FakeReaderContext, RecordingOutput } from '../../../../test/support/fake-reader-context.ts';
import { turn } from '../../../../test/support/fake-source-job.ts';
import { memoryEnvironment } from '../../../../test/support/memory-environment.ts';
import type { MemoryEnvironment } from '../../../../test/support/memory-environment.ts';
import { writeFiles } from '../../../../test/support/write-files.ts';
import { FileSourceReader } from './file-source-reader.ts';
import { fileSourceSettings } from './file-source-settings.ts';
import type { FileSourceOptions } from './file-source-settings.ts';
import { splitRange } from './file-split.ts';
import type { FileSplit } from './file-split.ts';
import { jsonLinesFormat } from './json-lines-format.ts';

interface Fixture {
  readonly environment: MemoryEnvironment;
  readonly context: FakeReaderContext;
  readonly reader: FileSourceReader<unknown>;
  readonly output: RecordingOutput<unknown>;
}

function makeFixture(options: FileSourceOptions = {}, environment: MemoryEnvironment = memoryEnvironment()): Fixture {
  const context = new FakeReaderContext(environment);
  const settings = fileSourceSettings(
    jsonLinesFormat((value) => value),
    '/in',
    options,
  );
  return { environment, context, reader: new FileSourceReader(context, settings), output: new RecordingOutput() };
}

async function splitsOf(
  { environment }: Fixture,
  path: string,
  content: string,
  splitSize: number = 1_000_000,
): Promise<readonly FileSplit[]> {
  await writeFiles(environment.files, { [path]: content });
  const { modifiedMs } = environment.files.disk.file(path);
  const sizeBytes = content.length;
  const range = { path, sizeBytes, modifiedMs, compression: 'none', header: undefined, startBytes: 0 } as const;
  return splitRange({ ...range, endBytes: sizeBytes, linesBefore: 0 }, splitSize);
}

describe('FileSourceReader', () => {
  it('asks for a split with the first poll, and not again before it came', async () => {
    const { reader, context, output } = makeFixture();
    await reader.start();
    expect([context.wakeUps, context.requests]).toEqual([1, 0]);
    expect(reader.poll(output, 10)).toBe('nothing');
    reader.poll(output, 10);
    expect(context.requests).toBe(1);
  });

  it('does not ask while it holds a restored split that is not fetched', async () => {
    const fixture = makeFixture();
    const { reader, context, output } = fixture;
    await reader.start();
    reader.addSplits(await splitsOf(fixture, '/in/a', '1\n2\n'));
    reader.poll(output, 10);
    expect(context.requests).toBe(0);
    await turn();
    reader.poll(output, 1);
    expect(context.requests).toBe(1);
    await reader.close();
  });

  it('fetches the next split while the current one is decoded, and emits in order', async () => {
    const fixture = makeFixture();
    const { reader, context, output } = fixture;
    const [a] = await splitsOf(fixture, '/in/a', '1\n2\n');
    const [b] = await splitsOf(fixture, '/in/b', '3\n');
    reader.addSplits([a, b].filter((split) => split !== undefined).toReversed());
    reader.noMoreSplits();
    reader.poll(output, 10);
    await turn();
    expect(reader.poll(output, 1)).toBe('more');
    await turn();
    const wakeUps = context.wakeUps;
    expect(reader.poll(output, 10)).toBe('end');
    expect(context.wakeUps).toBe(wakeUps);
    expect(output.records).toEqual([1, 2, 3]);
    expect(output.finished).toEqual([a?.splitId, b?.splitId]);
    await reader.close();
  });

  it('stops at the limit and at a full output', async () => {
    const fixture = makeFixture();
    const { reader, output } = fixture;
    reader.addSplits(await splitsOf(fixture, '/in/a', '1\n2\n3\n4\n'));
    reader.poll(output, 10);
    await turn();
    expect(reader.poll(output, 2)).toBe('more');
    output.room = 1;
    expect(reader.poll(output, 10)).toBe('more');
    expect(output.records).toEqual([1, 2, 3]);
    await reader.close();
  });

  it('snapshots the position behind the last record, and splits that it has not begun', async () => {
    const fixture = makeFixture();
    const { reader, output } = fixture;
    reader.addSplits(await splitsOf(fixture, '/in/a', '10\n20\n30\n', 3));
    const before = reader.snapshotState(checkpointId(1));
    reader.poll(output, 10);
    await turn();
    reader.poll(output, 1);
    const after = reader.snapshotState(checkpointId(2));
    expect(before.map(({ positionBytes }) => positionBytes)).toEqual([0, 3, 6]);
    expect(after.map(({ positionBytes, linesRead }) => [positionBytes, linesRead])).toEqual([
      [3, 1],
      [3, 0],
      [6, 0],
    ]);
    await reader.close();
  });

  it('fails at a malformed record with its place', async () => {
    const fixture = makeFixture();
    const { reader, output, context } = fixture;
    reader.addSplits(await splitsOf(fixture, '/in/a', '1\n{\n'));
    reader.poll(output, 10);
    await turn();
    expect(() => reader.poll(output, 10)).toThrow(
      expect.objectContaining({
        code: 'RECORD_MALFORMED',
        message: "Parsing the record at byte 2 of '/in/a' failed (line 2): it is not valid JSON at character 2",
      }),
    );
    expect(context.metrics.get('numRecordsInErrors')).toBe(1);
    await reader.close();
  });

  it('sends malformed records to the side up to the limit of the split, over restores', async () => {
    const malformed = { to: { id: 'bad' }, limit: 2 };
    const first = makeFixture({ malformed });
    first.reader.addSplits(await splitsOf(first, '/in/a', 'x\n1\ny\nz\n'));
    first.reader.poll(first.output, 10);
    await turn();
    first.reader.poll(first.output, 2);
    expect(first.output.side).toEqual([
      [
        'bad',
        {
          file: '/in/a',
          offset: 0,
          line: 1,
          lineCountedFrom: 0,
          text: 'x',
          error: 'it is not valid JSON',
        },
      ],
    ]);
    const restored = structuredClone(first.reader.snapshotState(checkpointId(1)));
    await first.reader.close();

    const second = makeFixture({ malformed }, first.environment);
    second.reader.addSplits(restored);
    second.reader.poll(second.output, 10);
    await turn();
    expect(second.reader.poll(second.output, 1)).toBe('more');
    expect(second.output.side).toHaveLength(1);
    expect(() => second.reader.poll(second.output, 1)).toThrow(expect.objectContaining({ code: 'RECORD_MALFORMED' }));
    await second.reader.close();
  });

  it('fails the subtask when a file is gone', async () => {
    const fixture = makeFixture();
    const { reader, output, context, environment } = fixture;
    reader.addSplits(await splitsOf(fixture, '/in/a', '1\n'));
    await environment.files.remove('/in/a');
    expect(reader.poll(output, 10)).toBe('nothing');
    await turn();
    expect(context.failures).toEqual([expect.objectContaining({ code: 'INPUT_NOT_FOUND' })]);
    await reader.close();
  });

  it('counts the bytes it reads', async () => {
    const fixture = makeFixture();
    const { reader, output, context } = fixture;
    reader.addSplits(await splitsOf(fixture, '/in/a', '1\n2\n'));
    reader.poll(output, 10);
    await turn();
    reader.poll(output, 10);
    expect(context.metrics.get('numBytesIn')).toBe(4);
    await reader.close();
  });
});
