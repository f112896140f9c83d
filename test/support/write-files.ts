import type { Files } from '../../src/base/files.ts';

/** Writes whole files, with the folders that they need; what was there is replaced. */
export async function writeFiles(files: Files, contents: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(contents)) {
    await files.makeDirectories(path.slice(0, path.lastIndexOf('/')) || '/');
    const handle = await files.open(path, 'write');
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    await handle.truncate(0);
    await handle.write(bytes, 0);
    await handle.close();
  }
}
