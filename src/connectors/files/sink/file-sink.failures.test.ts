import { describe, expect, it } from 'vitest';
import { FakeSinkTask, prepareContext } from '../../../../test/support/fake-sink-task.ts';
import { FileError } from '../../../base/files.ts';
import { SimFiles, memoryEnvironment } from '../../../../test/support/memory-environment.ts';
import type { SimFileOperation } from '../../../../test/support/memory-environment.ts';
import { FileSink } from './file-sink.ts';

/** Fails the operation on every file below /out, from the moment it is armed. */
function failing(operation: SimFileOperation, code: string): { files: SimFiles; arm: (isOn: boolean) => void } {
  let isArmed = false;
  const files = new SimFiles({
    fault: (op, path) =>
      isArmed && op === operation && path.startsWith('/out/.')
        ? new FileError(code, `${code} on purpose`, path)
        : undefined,
    tornWrite: (length) => length >> 1,
  });
  return { files, arm: (isOn) => void (isArmed = isOn) };
}

describe('FileSink, when the disk fails', () => {
  it.each<[SimFileOperation, string]>([
    ['open', 'EACCES'],
    ['write', 'ENOSPC'],
    ['sync', 'EIO'],
    ['close', 'EIO'],
  ])(
    'reports a failing %s once with the file and never lets the checkpoint be acknowledged',
    async (operation, code) => {
      const { files, arm } = failing(operation, code);
      const environment = memoryEnvironment(files);
      const sink = FileSink.text('/out', { rolling: { onCheckpoint: true } });
      await sink.prepare(prepareContext(environment));
      const task = new FakeSinkTask({ sink, environment });
      await task.open();
      arm(true);
      task.write('lost');
      const { durable } = task.barrier(1);
      await expect(durable).rejects.toMatchObject({
        code: 'OUTPUT_FAILED',
        message: expect.stringMatching(/'\/out\/\.millrace-.*'/) as string,
      });
      expect(task.failures).toHaveLength(1);
      expect(task.writer.isWritable).toBe(false);
      expect(() => task.write('more')).toThrow(expect.objectContaining({ code: 'OUTPUT_FAILED' }));
      await task.close();
    },
  );

  it('loses and repeats nothing when the disk was full in the middle of a line', async () => {
    const { files, arm } = failing('write', 'ENOSPC');
    const environment = memoryEnvironment(files);
    const sink = FileSink.text('/out');
    await sink.prepare(prepareContext(environment));
    const first = new FakeSinkTask({ sink, environment });
    await first.open();
    first.write('covered');
    const restored = await first.checkpoint(1);
    arm(true);
    first.write('a line that is cut in the middle');
    await expect(first.barrier(2).durable).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
    await first.close();
    arm(false);
    const second = new FakeSinkTask({ sink, environment, attemptNumber: 1, restored });
    await second.open();
    second.write('a line that is cut in the middle');
    await second.checkpoint(2, true);
    await second.close();
    const paths = files.disk.filePaths();
    expect(paths).toHaveLength(1);
    const text = new TextDecoder().decode(await files.readFile(paths[0] ?? ''));
    expect(text).toBe('covered\na line that is cut in the middle\n');
  });

  it('fails the commit, and commits when it is tried again', async () => {
    const { files, arm } = failing('rename', 'EIO');
    const environment = memoryEnvironment(files);
    const sink = FileSink.text('/out', { rolling: { onCheckpoint: true } });
    await sink.prepare(prepareContext(environment));
    const task = new FakeSinkTask({ sink, environment });
    await task.open();
    task.write('x');
    await task.barrier(1).durable;
    arm(true);
    await expect(task.commit(1)).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
    arm(false);
    await task.commit(1);
    expect(files.disk.filePaths().filter((path) => !path.includes('/.'))).toHaveLength(1);
    await task.close();
  });

  it('names the file that it cannot look at, when it commits again', async () => {
    let isArmed = false;
    const files = new SimFiles({
      fault: (operation, path) =>
        isArmed && operation === 'stat' ? new FileError('EIO', 'EIO on purpose', path) : undefined,
    });
    const environment = memoryEnvironment(files);
    const sink = FileSink.text('/out', { rolling: { onCheckpoint: true } });
    await sink.prepare(prepareContext(environment));
    const task = new FakeSinkTask({ sink, environment });
    await task.open();
    task.write('once');
    const { snapshot, durable } = task.barrier(1);
    await durable;
    await task.commit(1);
    isArmed = true;
    await expect(task.commit(1, snapshot.committables)).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      message: expect.stringMatching(/^Looking at '\/out\/part-.*' failed: EIO on purpose/) as string,
    });
    await task.close();
  });

  it('takes a file that was committed and then moved away as committed, and says so in the log', async () => {
    const environment = memoryEnvironment();
    const sink = FileSink.text('/out', { rolling: { onCheckpoint: true } });
    await sink.prepare(prepareContext(environment));
    const task = new FakeSinkTask({ sink, environment });
    await task.open();
    task.write('x');
    const { snapshot, durable } = task.barrier(1);
    await durable;
    await task.commit(1);
    await task.close();
    await environment.files.removeRecursive('/out');
    const next = new FakeSinkTask({ sink, environment, attemptNumber: 1 });
    await next.commit(1, snapshot.committables);
    expect(environment.logged).toEqual([expect.stringMatching(/^Output file '.*' is gone$/)]);
    await next.close();
  });

  it('fails when a file was removed before it was committed, and no restart passes over that', async () => {
    const environment = memoryEnvironment();
    const sink = FileSink.text('/out', { rolling: { onCheckpoint: true } });
    await sink.prepare(prepareContext(environment));
    const task = new FakeSinkTask({ sink, environment });
    await task.open();
    task.write('x');
    await task.barrier(1).durable;
    await environment.files.removeRecursive('/out');
    await expect(task.commit(1)).rejects.toMatchObject({ code: 'OUTPUT_FAILED', recovery: 'fail-job' });
    await task.close();
  });
});
