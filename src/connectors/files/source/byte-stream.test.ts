import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../base/files.ts';
import { SimFiles, memoryEnvironment } from '../../../../test/support/memory-environment.ts';
import type { MemoryEnvironment } from '../../../../test/support/memory-environment.ts';
import { writeFiles } from '../../../../test/support/write-files.ts';
import { openByteStream } from './byte-stream.ts';
import type { ByteStreamOptions } from './byte-stream.ts';

const CONTENT = Buffer.from(Array.from({ length: 600_000 }, (_, index) => index % 251));

async function fileOf(
  environment: MemoryEnvironment,
  content: Uint8Array | string,
  file: Partial<ByteStreamOptions['file']> = {},
): Promise<ByteStreamOptions['file']> {
  await writeFiles(environment.files, { '/f': content });
  const { modifiedMs, content: bytes } = environment.files.disk.file('/f');
  const sizeBytes = bytes.length;
  return { path: '/f', sizeBytes, modifiedMs, compression: 'none', endBytes: sizeBytes, ...file };
}

async function readAll(options: ByteStreamOptions): Promise<Buffer> {
  const stream = await openByteStream(options);
  const chunks: Uint8Array[] = [];
  try {
    for (let chunk = await stream.read(); chunk !== undefined; chunk = await stream.read()) chunks.push(chunk);
  } finally {
    await stream.close();
  }
  return Buffer.concat(chunks);
}

describe('openByteStream', () => {
  it.each(['none', 'gzip', 'zstd'] as const)('reads from any offset (%s)', async (compression) => {
    const environment = memoryEnvironment();
    const compress = { none: (bytes: Buffer): Buffer => bytes, gzip: gzipSync, zstd: zstdCompressSync }[compression];
    const file = await fileOf(environment, compress(CONTENT), { compression });
    for (const fromBytes of [0, 1, 262_144, 599_999, 600_000]) {
      const read = await readAll({ environment, file, fromBytes, mayGrow: false });
      expect(read.equals(CONTENT.subarray(fromBytes))).toBe(true);
    }
  });

  it('reads to the end of the range at first, then in small pieces', async () => {
    const environment = memoryEnvironment();
    const file = await fileOf(environment, CONTENT, { endBytes: 100 });
    const stream = await openByteStream({ environment, file, fromBytes: 10, mayGrow: false });
    expect(stream.isPastRange).toBe(false);
    expect((await stream.read())?.length).toBe(90);
    expect(stream.isPastRange).toBe(true);
    expect((await stream.read())?.length).toBe(65_536);
    await stream.close();
  });

  it('says that a file is gone', async () => {
    const environment = memoryEnvironment();
    const file = await fileOf(environment, 'x');
    await environment.files.remove('/f');
    await expect(openByteStream({ environment, file, fromBytes: 0, mayGrow: false })).rejects.toMatchObject({
      code: 'INPUT_NOT_FOUND',
    });
  });

  it.each([
    [
      'shorter',
      'ab',
      "Reading '/f' at byte 3 failed: the file was changed while it was an input: it has shrunk from 4 to 2 bytes",
    ],
    ['longer', 'abcde', 'it has grown from 4 to 5 bytes'],
    ['as long', 'ABCD', 'it was written to'],
  ])('refuses a file that is %s than before', async (_name, content, message) => {
    const environment = memoryEnvironment();
    const file = await fileOf(environment, 'abcd');
    await writeFiles(environment.files, { '/f': content });
    const opening = openByteStream({ environment, file, fromBytes: 3, mayGrow: false });
    await expect(opening).rejects.toMatchObject({ code: 'INPUT_CHANGED', message: expect.stringContaining(message) });
  });

  it('lets a watched file grow, and reads only what the split knows of', async () => {
    const environment = memoryEnvironment();
    const file = await fileOf(environment, 'abcd');
    await writeFiles(environment.files, { '/f': 'abcdefg' });
    expect(String(await readAll({ environment, file, fromBytes: 0, mayGrow: true }))).toBe('abcd');
    await writeFiles(environment.files, { '/f': 'ab' });
    await expect(readAll({ environment, file, fromBytes: 0, mayGrow: true })).rejects.toMatchObject({
      code: 'INPUT_CHANGED',
    });
  });

  it.each(['none', 'gzip'] as const)('notices a change while it reads (%s)', async (compression) => {
    const environment = memoryEnvironment();
    const content = compression === 'none' ? CONTENT : gzipSync(CONTENT);
    const file = await fileOf(environment, content, { compression });
    const stream = await openByteStream({ environment, file, fromBytes: 0, mayGrow: false });
    await stream.read();
    await writeFiles(environment.files, { '/f': content });
    await expect(
      (async () => {
        while ((await stream.read()) !== undefined);
      })(),
    ).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
    await stream.close();
  });

  it('notices a change before it hands out the last bytes of the range', async () => {
    const environment = memoryEnvironment();
    const file = await fileOf(environment, CONTENT, { endBytes: 100 });
    const stream = await openByteStream({ environment, file, fromBytes: 0, mayGrow: false });
    await writeFiles(environment.files, { '/f': CONTENT });
    await expect(stream.read()).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
    await stream.close();
  });

  it('fails the job at a compressed file that is cut off or damaged', async () => {
    const environment = memoryEnvironment();
    const compressed = gzipSync(CONTENT);
    for (const content of [compressed.subarray(0, -10), Buffer.from('not gzip')]) {
      const file = await fileOf(environment, content, { compression: 'gzip' });
      await expect(readAll({ environment, file, fromBytes: 0, mayGrow: false })).rejects.toMatchObject({
        code: 'INPUT_UNREADABLE',
        recovery: 'fail-job',
        message: expect.stringContaining("Decompressing '/f' near byte"),
      });
    }
  });

  it('refuses a position behind the end of the uncompressed file', async () => {
    const environment = memoryEnvironment();
    const file = await fileOf(environment, gzipSync('abc'), { compression: 'gzip' });
    await expect(readAll({ environment, file, fromBytes: 5, mayGrow: false })).rejects.toMatchObject({
      code: 'INPUT_CHANGED',
      message: expect.stringContaining('it ends 2 bytes before the position to resume from'),
    });
  });

  it('says what was wrong with a file that cannot even be closed', async () => {
    const { files } = memoryEnvironment();
    const file = await fileOf(memoryEnvironment(files), 'x');
    const broken = files.nextProcess({
      fault: (operation, path) =>
        operation === 'stat' || operation === 'close' ? new FileError('EIO', `no ${operation}`, path) : undefined,
    });
    const environment = memoryEnvironment(broken);
    await expect(openByteStream({ environment, file, fromBytes: 0, mayGrow: false })).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      cause: expect.objectContaining({ message: 'no stat' }) as Error,
    });
  });

  it('may be restarted after an error of the disk', async () => {
    const disk = memoryEnvironment();
    const file = await fileOf(disk, 'abcd');
    const files = new SimFiles(
      { fault: (operation, path) => (operation === 'read' ? new FileError('EIO', 'broken', path) : undefined) },
      disk.files.disk,
    );
    const environment = memoryEnvironment(files);
    await expect(readAll({ environment, file, fromBytes: 0, mayGrow: false })).rejects.toMatchObject({
      code: 'INPUT_UNREADABLE',
      recovery: 'restart',
      message: "Reading '/f' failed: EIO",
    });
  });
});
