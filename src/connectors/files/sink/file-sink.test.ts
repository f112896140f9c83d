import { describe, expect, it } from 'vitest';
import { FakeSinkTask, OPERATOR_ID, RUN_ID, prepareContext } from '../../../../test/support/fake-sink-task.ts';
import type { SinkTaskOptions } from '../../../../test/support/fake-sink-task.ts';
import { memoryEnvironment } from '../../../../test/support/memory-environment.ts';
import type { MemoryEnvironment } from '../../../../test/support/memory-environment.ts';
import { checkpointId } from '../../../base/ids.ts';
import { FileSink } from './file-sink.ts';

const SINK = OPERATOR_ID.slice(0, 8);
const part = (counter: number, options: { subtask?: number; attempt?: number; suffix?: string } = {}): string =>
  `part-${RUN_ID}-${SINK}-s${options.subtask ?? 0}-e1-a${options.attempt ?? 0}-c${counter}${options.suffix ?? '.txt'}`;

/** Visible files below /out with their text. */
async function visible(environment: MemoryEnvironment): Promise<Record<string, string>> {
  const paths = environment.files.disk.filePaths().filter((path) => !path.includes('/.'));
  const entries = paths.map(async (path): Promise<[string, string]> => [
    path.replace('/out/', ''),
    new TextDecoder().decode(await environment.files.readFile(path)),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

async function uncompressed(environment: MemoryEnvironment, stored: Uint8Array): Promise<string> {
  const parts: (Uint8Array | undefined)[] = [stored];
  const decompressor = environment.decompression.open('zstd', () => Promise.resolve(parts.shift()));
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = await decompressor.read(); bytes !== undefined; bytes = await decompressor.read()) {
    text += decoder.decode(bytes, { stream: true });
  }
  decompressor.close();
  return text;
}

function hiddenCount(environment: MemoryEnvironment): number {
  return environment.files.disk.filePaths().filter((path) => path.includes('/.')).length;
}

async function opened<T>(options: SinkTaskOptions<T>): Promise<FakeSinkTask<T>> {
  await options.sink.prepare?.(prepareContext(options.environment, { isNewRun: options.restored === undefined }));
  const task = new FakeSinkTask(options);
  await task.open();
  return task;
}

describe('FileSink, exactly once', () => {
  it('shows a rolled file when its checkpoint is complete, and not before', async () => {
    const environment = memoryEnvironment();
    const task = await opened({ sink: FileSink.text('/out', { rolling: { onCheckpoint: true } }), environment });
    task.write('a');
    task.write('b');
    const { durable } = task.barrier(1);
    await durable;
    expect(await visible(environment)).toEqual({});
    await task.commit(1);
    expect(await visible(environment)).toEqual({ [part(0)]: 'a\nb\n' });
    await task.close();
  });

  it('goes on with an open file over checkpoints until it is large enough', async () => {
    const environment = memoryEnvironment();
    const task = await opened({ sink: FileSink.text('/out', { rolling: { size: 6 } }), environment });
    task.write('aa');
    await task.checkpoint(1);
    expect(await visible(environment)).toEqual({});
    task.write('bb');
    task.write('cc');
    await task.checkpoint(2, true);
    expect(await visible(environment)).toEqual({ [part(0)]: 'aa\nbb\n', [part(1)]: 'cc\n' });
    await task.close();
  });

  it('rolls by age when a record comes and at a barrier', async () => {
    const environment = memoryEnvironment();
    const task = await opened({ sink: FileSink.text('/out', { rolling: { interval: '10 s' } }), environment });
    task.write('a');
    environment.advance(10_000);
    task.write('b');
    environment.advance(9_999);
    await task.checkpoint(1);
    expect(Object.keys(await visible(environment))).toEqual([part(0)]);
    environment.advance(1);
    await task.checkpoint(2);
    expect(Object.keys(await visible(environment))).toEqual([part(0), part(1)]);
    await task.close();
  });

  it('writes each value to its bucket', async () => {
    const environment = memoryEnvironment();
    const sink = FileSink.jsonLines<{ day: string }>('/out', {
      bucket: (value) => value.day,
      prefix: 'x',
      suffix: '.json',
    });
    const task = await opened({ sink, environment });
    task.write({ day: 'mon/am' });
    task.write({ day: '' });
    await task.checkpoint(1, true);
    expect(Object.keys(await visible(environment))).toEqual([
      `mon/am/x-${part(0, { suffix: '.json' }).slice(5)}`,
      `x-${part(1, { suffix: '.json' }).slice(5)}`,
    ]);
    await task.close();
  });

  it.each(['/abs', '../up', 'a/../b', 'a//b', 'a/', '.hidden', 'a\\b'])('refuses bucket %s', async (bucket) => {
    const environment = memoryEnvironment();
    const task = await opened({ sink: FileSink.text('/out', { bucket: () => bucket }), environment });
    expect(() => task.write('x')).toThrow(expect.objectContaining({ code: 'BUCKET_INVALID' }));
    await task.close();
  });

  it('begins each CSV file with the header', async () => {
    const environment = memoryEnvironment();
    const sink = FileSink.csv<{ a: number }>('/out', { columns: ['a'], rolling: { onCheckpoint: true } });
    const task = await opened({ sink, environment });
    task.write({ a: 1 });
    await task.checkpoint(1);
    task.write({ a: 2 });
    await task.checkpoint(2);
    expect(Object.values(await visible(environment))).toEqual(['a\n1\n', 'a\n2\n']);
    await task.close();
  });

  it('rolls compressed files at every checkpoint', async () => {
    const environment = memoryEnvironment();
    const task = await opened({ sink: FileSink.text('/out', { compression: 'zstd' }), environment });
    const line = 'compressible '.repeat(20_000);
    task.write(line);
    task.write(line);
    await task.checkpoint(1);
    const path = `/out/${part(0, { suffix: '.txt.zst' })}`;
    const stored = await environment.files.readFile(path);
    expect(stored.length).toBeLessThan(10_000);
    expect((await uncompressed(environment, stored)) === `${line}\n${line}\n`).toBe(true);
    await task.close();
  });

  it('seals the oldest file when too many buckets are open', async () => {
    const environment = memoryEnvironment();
    const sink = FileSink.text('/out', { bucket: (value) => value });
    const task = await opened({ sink, environment });
    for (let index = 0; index < 130; index++) task.write(`b${index}`);
    await task.checkpoint(1);
    expect(Object.keys(await visible(environment))).toEqual([`b0/${part(0)}`, `b1/${part(1)}`]);
    await task.close();
  });

  it('takes no record while too much waits for the disk, and says when it does again', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const environment = memoryEnvironment();
    const slow = {
      ...environment,
      files: environment.files.nextProcess({ delay: (op) => (op === 'write' ? held : Promise.resolve()) }),
    };
    const task = await opened({ sink: FileSink.text('/out'), environment: slow });
    const line = 'x'.repeat(1_000_000);
    let written = 0;
    while (task.writer.isWritable) {
      task.write(line);
      written++;
    }
    expect(written).toBe(10);
    expect(task.wakeUps).toBe(0);
    release();
    await task.barrier(1).durable;
    expect(task.wakeUps).toBe(1);
    expect(task.writer.isWritable).toBe(true);
    await task.close();
  });
});

describe('FileSink, restored', () => {
  it('keeps the valid part of an open file, and nothing that was written after the checkpoint', async () => {
    const environment = memoryEnvironment();
    const sink = FileSink.text('/out');
    const first = await opened({ sink, environment });
    first.write('covered');
    const restored = await first.checkpoint(1);
    first.write('lost');
    await first.barrier(2).durable;
    await first.close();
    const second = await opened({ sink, environment, attemptNumber: 1, restored });
    second.write('again');
    await second.checkpoint(2, true);
    expect(await visible(environment)).toEqual({ [part(0, { attempt: 1 })]: 'covered\nagain\n' });
    expect(hiddenCount(environment)).toBe(0);
    await second.close();
  });

  it('commits what the checkpoint covers once more, whether it had been committed or not', async () => {
    for (const committedBefore of [false, true]) {
      const environment = memoryEnvironment();
      const sink = FileSink.text('/out', { rolling: { onCheckpoint: true } });
      const first = await opened({ sink, environment });
      first.write('a');
      const { snapshot, durable } = first.barrier(1);
      await durable;
      if (committedBefore) await first.commit(1);
      await first.close();
      const restored = { checkpointId: checkpointId(1), subtasks: [snapshot] };
      const second = await opened({ sink, environment, attemptNumber: 1, restored });
      expect(await visible(environment)).toEqual({ [part(0)]: 'a\n' });
      await second.close();
    }
  });

  it('does not let a stopped process write into what its successor took over', async () => {
    const environment = memoryEnvironment();
    const sink = FileSink.text('/out');
    const zombie = await opened({ sink, environment });
    zombie.write('covered');
    const restored = await zombie.checkpoint(1);
    const successor = await opened({ sink, environment, fencingEpoch: 2, restored });
    await successor.barrier(2).durable;
    zombie.write('from the dead');
    await zombie.barrier(2).durable;
    await successor.checkpoint(3, true);
    expect(Object.values(await visible(environment))).toEqual(['covered\n']);
    await successor.close();
    await zombie.close();
  });

  it('says that a file of the checkpoint is gone, or too short', async () => {
    const environment = memoryEnvironment();
    const sink = FileSink.text('/out');
    const first = await opened({ sink, environment });
    first.write('covered');
    const restored = await first.checkpoint(1);
    await first.close();
    const [path = ''] = environment.files.disk.filePaths();
    const handle = await environment.files.open(path, 'write');
    await handle.truncate(3);
    const short = await opened({ sink, environment, attemptNumber: 1, restored });
    await expect(short.barrier(2).durable).rejects.toMatchObject({ code: 'OUTPUT_FAILED', recovery: 'fail-job' });
    await short.close();
    await environment.files.remove(path);
    const gone = new FakeSinkTask({ sink, environment, attemptNumber: 2, restored });
    await expect(gone.open()).rejects.toMatchObject({ code: 'OUTPUT_FAILED', recovery: 'fail-job' });
  });

  it('ends a file of another format and goes on in a new one', async () => {
    const environment = memoryEnvironment();
    const first = await opened({ sink: FileSink.text('/out'), environment });
    first.write('text');
    const restored = await first.checkpoint(1);
    await first.close();
    const second = await opened({ sink: FileSink.jsonLines<string>('/out'), environment, attemptNumber: 1, restored });
    second.write('json');
    await second.checkpoint(2, true);
    expect(await visible(environment)).toEqual({
      [part(0, { attempt: 1 })]: 'text\n',
      [part(1, { attempt: 1, suffix: '.jsonl' })]: '"json"\n',
    });
    await second.close();
  });
});

describe('FileSink, other guarantees', () => {
  it('at-least-once: shows a file as soon as it is rolled', async () => {
    const environment = memoryEnvironment();
    const sink = FileSink.text('/out', { guarantee: 'at-least-once', rolling: { size: 4 } });
    const task = await opened({ sink, environment });
    task.write('abc');
    task.write('d');
    await task.barrier(1).durable;
    expect(await visible(environment)).toEqual({ [part(0)]: 'abc\n' });
    await task.close();
  });

  it('at-least-once: a restore repeats, and loses nothing', async () => {
    const environment = memoryEnvironment();
    const sink = FileSink.text('/out', { guarantee: 'at-least-once', rolling: { size: 8 } });
    const first = await opened({ sink, environment });
    first.write('one');
    const restored = await first.checkpoint(1);
    first.write('two');
    await first.barrier(2).durable;
    await first.close();
    const second = await opened({ sink, environment, attemptNumber: 1, restored });
    second.write('two');
    await second.checkpoint(2, true);
    expect(Object.values(await visible(environment))).toEqual(['one\ntwo\n', 'two\n']);
    await second.close();
  });

  it('without checkpoints: shows everything at end of input', async () => {
    const environment = memoryEnvironment();
    const sink = FileSink.text('/out', { rolling: { size: 4 } });
    const task = await opened({ sink, environment, isCheckpointingEnabled: false });
    task.write('abc');
    task.write('d');
    expect(await visible(environment)).toEqual({});
    const { durable, snapshot } = task.barrier(1, true);
    await durable;
    expect(snapshot.committables).toEqual([]);
    expect(await visible(environment)).toEqual({ [part(0)]: 'abc\n', [part(1)]: 'd\n' });
    await task.close();
  });
});
