import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFiles } from './node-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-files-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('makeDirectories of the local file system', () => {
  it('makes what is missing, and is fine with what is there', async () => {
    const path = join(folder, 'a/b/c');
    await nodeFiles.makeDirectories(path);
    await nodeFiles.makeDirectories(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it('may run side by side with others that make the same', async () => {
    const paths = ['a/b/c', 'a/b/d', 'a/b', 'a/b/c'].map((path) => join(folder, path));
    await Promise.all(paths.map((path) => nodeFiles.makeDirectories(path)));
    for (const path of paths) expect(statSync(path).isDirectory()).toBe(true);
  });

  it('rejects where a file is in the way', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(nodeFiles.makeDirectories(file)).rejects.toMatchObject({ code: 'EEXIST', path: file });
    await expect(nodeFiles.makeDirectories(join(file, 'a/b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('takes a link to a folder for one, and rejects where a link leads nowhere', async () => {
    await nodeFiles.makeDirectories(join(folder, 'there'));
    symlinkSync(join(folder, 'there'), join(folder, 'link'));
    await nodeFiles.makeDirectories(join(folder, 'link/below'));
    expect(existsSync(join(folder, 'there/below'))).toBe(true);
    symlinkSync(join(folder, 'nowhere'), join(folder, 'broken'));
    await expect(nodeFiles.makeDirectories(join(folder, 'broken/below'))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  // There mkdir says that something is missing, whatever is there; elsewhere there is no such place, and nobody may make it.
  it.each(['/proc/millrace', '/proc/millrace/checkpoints', '/proc/self/fd/millrace'])(
    'rejects in a place that takes no folders: %s',
    async (path) => {
      await expect(nodeFiles.makeDirectories(path)).rejects.toMatchObject({ code: expect.any(String) });
    },
  );
});

describe('removeRecursive of the local file system', () => {
  it('removes a folder into which somebody still writes for a while', async () => {
    const written = join(folder, 'written');
    await nodeFiles.makeDirectory(written);
    let count = 0;
    const write = (): void => {
      if (count === 3000 || !existsSync(written)) return;
      writeFileSync(join(written, `file-${count++}`), '');
      setImmediate(write);
    };
    write();
    await new Promise((resolve) => setImmediate(resolve));
    await nodeFiles.removeRecursive(written);
    expect(existsSync(written)).toBe(false);
  });
});
