import { describe, expect, it } from 'vitest';
import { FileError } from '../../base/files.ts';
import { SimFiles } from './sim-files.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = async (files: SimFiles, path: string): Promise<string> =>
  new TextDecoder().decode(await files.readFile(path));

async function put(files: SimFiles, path: string, text: string, options: { sync: boolean }): Promise<void> {
  const handle = await files.open(path, 'write');
  await handle.write(bytes(text), 0);
  if (options.sync) await handle.sync();
  await handle.close();
}

describe('SimFiles', () => {
  it('keeps what a killed process wrote, and lets nothing of it happen afterwards', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const files = new SimFiles({ delay: (_, path) => (path === '/late' ? held : Promise.resolve()) });
    await put(files, '/early', 'here', { sync: false });
    void files.open('/late', 'create');
    files.kill();
    release();
    await Promise.resolve();
    const next = files.nextProcess({});
    expect(await textOf(next, '/early')).toBe('here');
    expect(await next.stat('/late')).toBeUndefined();
  });

  it('loses unsynced content and unsynced names with the power', async () => {
    const files = new SimFiles();
    await put(files, '/a', 'synced', { sync: true });
    await files.syncDirectory('/');
    await put(files, '/a', 'changed', { sync: false });
    await put(files, '/b', 'no name', { sync: true });
    files.disk.losePower();
    expect(await textOf(files, '/a')).toBe('synced');
    expect(await files.stat('/b')).toBeUndefined();
  });

  it('keeps a prefix of unsynced changes when the draw says so, and renames whole', async () => {
    const files = new SimFiles();
    await put(files, '/a', 'text', { sync: true });
    await files.syncDirectory('/');
    await files.rename('/a', '/b');
    files.disk.losePower((bound) => bound - 1);
    expect(files.disk.filePaths()).toEqual(['/b']);
    await files.rename('/b', '/c');
    files.disk.losePower(() => 0);
    expect(files.disk.filePaths()).toEqual(['/b']);
  });

  it('may leave zeros where unsynced bytes were', async () => {
    const files = new SimFiles();
    await put(files, '/a', 'ab', { sync: true });
    await files.syncDirectory('/');
    const handle = await files.open('/a', 'write');
    await handle.write(bytes('cdef'), 2);
    const draws = [5, 0];
    files.disk.losePower((bound) => (bound === 1 ? 0 : (draws.shift() ?? 0)));
    expect(await textOf(files, '/a')).toBe('ab\0\0\0');
  });

  it('fails with the injected error and leaves a torn write', async () => {
    const files = new SimFiles({
      fault: (operation, path) => (operation === 'write' ? new FileError('ENOSPC', 'no space', path) : undefined),
      tornWrite: (length) => Math.floor(length / 2),
    });
    const handle = await files.open('/a', 'create');
    await expect(handle.write(bytes('abcd'), 0)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await textOf(files, '/a')).toBe('ab');
  });

  it('answers with the codes of a real file system', async () => {
    const files = new SimFiles();
    await files.makeDirectories('/d/e');
    await put(files, '/d/f', '', { sync: false });
    await expect(files.open('/missing', 'read')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(files.open('/d/f', 'create')).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(files.makeDirectory('/d/e')).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(files.makeDirectory('/x/y')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(files.link('/d/f', '/d/f')).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(files.list('/d/f')).rejects.toMatchObject({ code: 'ENOTDIR' });
    expect(await files.list('/d')).toEqual([
      { name: 'e', kind: 'directory' },
      { name: 'f', kind: 'file' },
    ]);
  });
});
