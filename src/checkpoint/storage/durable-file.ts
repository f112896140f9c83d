import { fileErrorCode } from '../../base/files.ts';
import type { Files } from '../../base/files.ts';
import { parentPath } from '../protocol/checkpoint-paths.ts';

/** A file that is whole and durable when this settles, but has a name that nobody looks for yet. */
export async function writeTemporary(files: Files, path: string, bytes: Uint8Array): Promise<void> {
  const handle = await files.open(path, 'write');
  try {
    // A leftover of an attempt of our own that failed.
    await handle.truncate(0);
    await handle.write(bytes, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export interface DurableFile {
  readonly path: string;
  /** In the same folder. */
  readonly temporaryPath: string;
  readonly bytes: Uint8Array;
}

/**
 * After this the file is there, whole, whatever happens; before, either nothing or the former content is. The order matters:
 * content before name, name before the folder's fsync.
 */
export async function writeDurably(files: Files, { path, temporaryPath, bytes }: DurableFile): Promise<void> {
  await writeTemporary(files, temporaryPath, bytes);
  await files.rename(temporaryPath, path);
  await files.syncDirectory(parentPath(path));
}

/** Fine when there is none. */
export async function removeIfPresent(files: Files, path: string): Promise<void> {
  try {
    await files.remove(path);
  } catch (error) {
    if (fileErrorCode(error) !== 'ENOENT') throw error;
  }
}

/** undefined when there is none. */
export async function readIfPresent(files: Files, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.readFile(path);
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
