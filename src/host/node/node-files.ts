import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileErrorCode } from '../../base/files.ts';
import type { DirectoryEntry, FileHandle, FileStat, Files, OpenMode } from '../../base/files.ts';

/** 50, 100, 150, ... ms: Node waits longer each time. */
const REMOVE_RETRY_DELAY_MS = 50;
const REMOVE_RETRIES_MAX = 8;

const OPEN_FLAGS: Readonly<Record<OpenMode, number>> = {
  read: constants.O_RDONLY,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
  write: constants.O_RDWR | constants.O_CREAT,
};

/** The local file system. Node's own errors pass through: they carry `code` and `path`. */
export const nodeFiles: Files = {
  open: async (path, mode) => new NodeFileHandle(await fs.open(path, OPEN_FLAGS[mode])),
  readFile: (path) => fs.readFile(path),
  stat: (path) => statOrUndefined(path),
  list: (path) => listDirectory(path),
  makeDirectory: (path) => fs.mkdir(path),
  makeDirectories: (path) => makeDirectories(path),
  rename: (from, to) => fs.rename(from, to),
  link: (from, to) => fs.link(from, to),
  remove: (path) => fs.unlink(path),
  // A process that was overtaken may still put a file into a folder that is cleared away.
  removeRecursive: (path) =>
    fs.rm(path, { recursive: true, force: true, maxRetries: REMOVE_RETRIES_MAX, retryDelay: REMOVE_RETRY_DELAY_MS }),
  syncDirectory: (path) => syncDirectory(path),
};

class NodeFileHandle implements FileHandle {
  readonly #handle: fs.FileHandle;

  constructor(handle: fs.FileHandle) {
    this.#handle = handle;
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(buffer, filled, length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const result = await this.#handle.write(bytes, written, bytes.length - written, position + written);
      written += result.bytesWritten;
    }
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#handle.truncate(sizeBytes);
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  async stat(): Promise<FileStat> {
    return toFileStat(await this.#handle.stat());
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

interface NodeStats {
  readonly size: number;
  readonly mtimeMs: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

function kindOf(entry: Pick<NodeStats, 'isFile' | 'isDirectory'>): DirectoryEntry['kind'] {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'directory' : 'other';
}

function toFileStat(stats: NodeStats): FileStat {
  return { kind: kindOf(stats), sizeBytes: stats.size, modifiedMs: stats.mtimeMs };
}

async function statOrUndefined(path: string): Promise<FileStat | undefined> {
  try {
    return toFileStat(await fs.stat(path));
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function listDirectory(path: string): Promise<readonly DirectoryEntry[]> {
  const entries = await fs.readdir(path, { withFileTypes: true });
  return entries
    .map((entry): DirectoryEntry => ({ name: entry.name, kind: kindOf(entry) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Each folder that had to be made is made durable in its parent, from the top down. Not by the `recursive` of mkdir: that never
 * settles where mkdir says of what is there that it is missing, as everywhere below /proc.
 */
async function makeDirectories(path: string): Promise<void> {
  if (await isDirectory(path)) return;
  const parent = dirname(path);
  if (parent !== path) await makeDirectories(parent);
  try {
    await fs.mkdir(path);
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (fileErrorCode(error) !== 'EEXIST' || !(await isDirectory(path))) throw error;
  }
  await syncDirectory(parent);
}

async function isDirectory(path: string): Promise<boolean> {
  return (await statOrUndefined(path))?.kind === 'directory';
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await fs.open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
