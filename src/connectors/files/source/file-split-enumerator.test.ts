import { describe, expect, it } from 'vitest';
import { checkpointId } from '../../../base/ids.ts';
import { FakeEnumeratorContext } from '../../../../test/support/fake-enumerator-context.ts';
import { memoryEnvironment } from '../../../../test/support/memory-environment.ts';
import type { MemoryEnvironment } from '../../../../test/support/memory-environment.ts';
import { turn } from '../../../../test/support/fake-source-job.ts';
import { writeFiles } from '../../../../test/support/write-files.ts';
import { csvFormat } from './csv-format.ts';
import { FileSplitEnumerator } from './file-split-enumerator.ts';
import type { FileEnumeratorState } from './file-split-enumerator.ts';
import { fileSourceSettings } from './file-source-settings.ts';
import type { FileSourceOptions } from './file-source-settings.ts';
import type { FileSplit } from './file-split.ts';
import { jsonArrayFormat } from './json-array-format.ts';
import type { RecordFormat } from './record-decoder.ts';
import { textFormat } from './text-format.ts';

const text = textFormat((line) => line);

interface Fixture {
  /** How many of the assigned splits `takeAll` has shown. */
  shown: number;
  readonly context: FakeEnumeratorContext<FileSplit>;
  readonly enumerator: FileSplitEnumerator;
}

function makeFixture(
  environment: MemoryEnvironment,
  options: FileSourceOptions & {
    readonly format?: RecordFormat<unknown>;
    readonly paths?: string;
    readonly restored?: FileEnumeratorState;
  } = {},
): Fixture {
  const { format = text, paths = '/in', restored, ...fileOptions } = options;
  const context = new FakeEnumeratorContext<FileSplit>(environment, 2);
  const settings = fileSourceSettings(format, paths, fileOptions);
  return { shown: 0, context, enumerator: new FileSplitEnumerator(context, settings, restored) };
}

/** Path and range. */
function rangeOf({ path, startBytes, endBytes }: FileSplit): string {
  return `${path} ${startBytes}-${endBytes}`;
}

/** Asks for splits as one subtask until there are none; gives what was assigned since the last time. */
function takeAll(fixture: Fixture): readonly string[] {
  const { context, enumerator } = fixture;
  context.register(0);
  for (let count = -1; count < context.assigned.length;) {
    count = context.assigned.length;
    enumerator.handleSplitRequest(0);
  }
  const ranges = context.assigned.slice(fixture.shown).map(({ split }) => rangeOf(split));
  fixture.shown = context.assigned.length;
  return ranges;
}

describe('FileSplitEnumerator', () => {
  it('assigns splits in the order of path and offset, one a request, then says that there are no more', async () => {
    const environment = memoryEnvironment();
    await writeFiles(environment.files, { '/in/b': 'x'.repeat(25), '/in/a': 'x', '/in/c': '' });
    const { context, enumerator } = makeFixture(environment, { splitSize: 10 });
    await enumerator.start();
    context.register(0);
    context.register(1);
    for (const subtask of [0, 1, 0, 1, 0]) enumerator.handleSplitRequest(subtask);
    expect(context.assigned.map(({ subtaskIndex, split }) => [subtaskIndex, rangeOf(split)])).toEqual([
      [0, '/in/a 0-1'],
      [1, '/in/b 0-10'],
      [0, '/in/b 10-20'],
      [1, '/in/b 20-25'],
    ]);
    expect(context.noMoreSplits).toEqual([0]);
  });

  it('puts splits that come back in their place', async () => {
    const environment = memoryEnvironment();
    await writeFiles(environment.files, { '/in/a': 'x'.repeat(30), '/in/b': 'x' });
    const { context, enumerator } = makeFixture(environment, { splitSize: 10 });
    await enumerator.start();
    context.register(0);
    enumerator.handleSplitRequest(0);
    enumerator.handleSplitRequest(0);
    const [first, second] = context.assigned.map(({ split }) => split);
    if (first === undefined || second === undefined) throw new Error('No splits');
    enumerator.addSplitsBack([{ ...second, positionBytes: 15 }, first], 0);
    expect(takeAll({ shown: 2, context, enumerator })).toEqual([
      '/in/a 0-10',
      '/in/a 10-20',
      '/in/a 20-30',
      '/in/b 0-1',
    ]);
    expect(context.assigned[3]?.split.positionBytes).toBe(15);
  });

  it('answers a waiting request with a split that comes back', async () => {
    const environment = memoryEnvironment();
    await writeFiles(environment.files, { '/in/a': 'x\n' });
    const { context, enumerator } = makeFixture(environment, { watch: '1 s' });
    await enumerator.start();
    context.register(0);
    context.register(1);
    enumerator.handleSplitRequest(0);
    enumerator.handleSplitRequest(1);
    expect(context.noSplitsYet).toEqual([1]);
    const [split] = context.assigned.map((each) => each.split);
    if (split === undefined) throw new Error('No split');
    context.unregister(0);
    enumerator.addSplitsBack([split], 0);
    expect(context.assigned.map(({ subtaskIndex }) => subtaskIndex)).toEqual([0, 1]);
  });

  it('forgets the request of a reader that registers again', async () => {
    const environment = memoryEnvironment();
    await writeFiles(environment.files, { '/in/a': 'one\n' });
    const { context, enumerator } = makeFixture(environment, { watch: '1 s' });
    await enumerator.start();
    context.register(0);
    context.register(1);
    enumerator.handleSplitRequest(0);
    enumerator.handleSplitRequest(0);
    enumerator.addReader(0);
    enumerator.handleSplitRequest(1);
    await writeFiles(environment.files, { '/in/b': 'two\n' });
    environment.advance(1000);
    await turn();
    expect(context.assigned.map(({ subtaskIndex }) => subtaskIndex)).toEqual([0, 1]);
  });

  it('rejects its start when the input does not exist', async () => {
    const { enumerator } = makeFixture(memoryEnvironment(), { paths: '/none/x.txt' });
    await expect(enumerator.start()).rejects.toMatchObject({ code: 'INPUT_NOT_FOUND' });
  });

  it('warns about an empty folder and ends', async () => {
    const environment = memoryEnvironment();
    await environment.files.makeDirectories('/in');
    const { context, enumerator } = makeFixture(environment);
    await enumerator.start();
    expect(takeAll({ shown: 0, context, enumerator })).toEqual([]);
    expect(context.noMoreSplits).toContain(0);
    expect(environment.logged).toEqual(['The input has no files']);
  });

  it('looks for files after a restore only if it had not yet', async () => {
    const environment = memoryEnvironment();
    await writeFiles(environment.files, { '/in/a': 'x\n' });
    const first = makeFixture(environment);
    const beforeStart = structuredClone(first.enumerator.snapshotState(checkpointId(1)));
    await first.enumerator.start();
    const afterStart = structuredClone(first.enumerator.snapshotState(checkpointId(2)));
    await writeFiles(environment.files, { '/in/b': 'y\n' });
    for (const [restored, expected] of [
      [beforeStart, ['/in/a 0-2', '/in/b 0-2']],
      [afterStart, ['/in/a 0-2']],
    ] as const) {
      const next = makeFixture(environment, { restored });
      await next.enumerator.start();
      expect(takeAll(next)).toEqual(expected);
    }
  });

  it('reads the header of each file once, into its splits', async () => {
    const environment = memoryEnvironment();
    await writeFiles(environment.files, {
      '/in/a': '\uFEFFid\n1\n2\n3\n4\n5',
      '/in/b': 'id',
      '/in/c': '',
      '/in/d': 'x\r\n',
    });
    const format = csvFormat({
      header: true,
      types: undefined,
      delimiter: ',',
      quote: '"',
      multiline: false,
      convert: (row) => row,
    });
    const { context, enumerator } = makeFixture(environment, { format, splitSize: 5 });
    await enumerator.start();
    expect(takeAll({ shown: 0, context, enumerator })).toEqual(['/in/a 6-11', '/in/a 11-15']);
    expect(context.assigned.map(({ split }) => [split.header, split.linesBefore])).toEqual([
      [['id'], 1],
      [['id'], undefined],
    ]);
  });

  it('fails its start at a header that lacks a column', async () => {
    const environment = memoryEnvironment();
    await writeFiles(environment.files, { '/in/a': 'id\n1' });
    const types = { name: 'string' } as const;
    const format = csvFormat({
      header: true,
      types,
      delimiter: ',',
      quote: '"',
      multiline: true,
      convert: (row) => row,
    });
    const { enumerator } = makeFixture(environment, { format });
    await expect(enumerator.start()).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' });
  });

  it('keeps compressed files and files of long records in one split', async () => {
    const environment = memoryEnvironment();
    await writeFiles(environment.files, {
      '/in/a.gz': 'x'.repeat(50),
      '/in/b.ZST': 'x'.repeat(50),
      '/in/c': 'x'.repeat(50),
    });
    const lines = makeFixture(environment, { splitSize: 40 });
    await lines.enumerator.start();
    expect(takeAll(lines)).toEqual(['/in/a.gz 0-Infinity', '/in/b.ZST 0-Infinity', '/in/c 0-40', '/in/c 40-50']);
    expect(lines.context.assigned.map(({ split }) => split.compression)).toEqual(['gzip', 'zstd', 'none', 'none']);
    const arrays = makeFixture(environment, {
      format: jsonArrayFormat((value) => value),
      splitSize: 40,
      compression: 'none',
    });
    await arrays.enumerator.start();
    expect(takeAll(arrays)).toEqual(['/in/a.gz 0-50', '/in/b.ZST 0-50', '/in/c 0-50']);
  });
});

describe('FileSplitEnumerator of a watched folder', () => {
  async function scan(environment: MemoryEnvironment): Promise<void> {
    environment.advance(1000);
    await turn();
  }

  it('assigns lines as they are finished, and new files, each once over restores', async () => {
    const environment = memoryEnvironment();
    await writeFiles(environment.files, { '/in/a': 'one\ntwo\nthr' });
    let current = makeFixture(environment, { watch: '1 s' });
    await current.enumerator.start();
    expect(takeAll(current)).toEqual(['/in/a 0-8']);

    await scan(environment);
    expect(takeAll(current)).toEqual([]);
    await writeFiles(environment.files, { '/in/a': 'one\ntwo\nthree', '/in/b': 'nothing finished' });
    await scan(environment);
    expect(takeAll(current)).toEqual([]);

    const restored = structuredClone(current.enumerator.snapshotState(checkpointId(1)));
    await writeFiles(environment.files, { '/in/a': 'one\ntwo\nthree\nfour\n', '/in/c': 'new\n' });
    current = makeFixture(environment, { watch: '1 s', restored });
    await current.enumerator.start();
    expect(takeAll(current)).toEqual(['/in/a 8-19', '/in/c 0-4']);
    expect(current.context.noMoreSplits).toEqual([]);
  });

  it('waits for the header to be finished, and gives it to later splits too', async () => {
    const environment = memoryEnvironment();
    const format = csvFormat({
      header: true,
      types: undefined,
      delimiter: ',',
      quote: '"',
      multiline: false,
      convert: (row) => row,
    });
    await writeFiles(environment.files, { '/in/a': 'id,na' });
    const current = makeFixture(environment, { watch: '1 s', format });
    await current.enumerator.start();
    await writeFiles(environment.files, { '/in/a': 'id,name\n' });
    await scan(environment);
    expect(takeAll(current)).toEqual([]);
    await writeFiles(environment.files, { '/in/a': 'id,name\n1,x\n' });
    await scan(environment);
    await writeFiles(environment.files, { '/in/a': 'id,name\n1,x\n2,y\n' });
    await scan(environment);
    expect(takeAll(current)).toEqual(['/in/a 8-12', '/in/a 12-16']);
    expect(current.context.assigned.map(({ split }) => split.header)).toEqual([
      ['id', 'name'],
      ['id', 'name'],
    ]);
  });

  it('takes a name anew when its file was removed', async () => {
    const environment = memoryEnvironment();
    await writeFiles(environment.files, { '/in/a': 'long enough\n' });
    const current = makeFixture(environment, { watch: '1 s' });
    await current.enumerator.start();
    await environment.files.remove('/in/a');
    await scan(environment);
    await writeFiles(environment.files, { '/in/a': 'new\n' });
    await scan(environment);
    expect(takeAll(current)).toEqual(['/in/a 0-12', '/in/a 0-4']);
    expect(new Set(current.context.assigned.map(({ split }) => split.splitId)).size).toBe(2);
  });

  it.each([
    ['a file that shrank', '/in/a', 'one\n'],
    ['a whole file that changed', '/in/b.gz', 'other'],
  ])('fails at %s', async (_name, path, content) => {
    const environment = memoryEnvironment();
    await writeFiles(environment.files, { '/in/a': 'one\ntwo\n', '/in/b.gz': 'compressed' });
    const current = makeFixture(environment, { watch: '1 s' });
    await current.enumerator.start();
    await writeFiles(environment.files, { [path]: content });
    await scan(environment);
    expect(current.context.errors).toEqual([expect.objectContaining({ code: 'INPUT_CHANGED' })]);
  });
});
