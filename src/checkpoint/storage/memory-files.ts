/**
 * Files in this thread's heap: what `execution.checkpointing.storage: jobmanager` writes to. Nothing outlives the process, so
 * syncing means nothing. The rules of names are those of a disk.
 */
import type { DirectoryEntry, FileHandle, FileStat, Files, OpenMode } from '../../base/files.ts';
import { FileError } from '../../base/files.ts';
import { joinPath, lastName, parentPath } from '../protocol/checkpoint-paths.ts';

interface MemoryFile {
  readonly kind: 'file';
  /** The content and room behind it. */
  buffer: Uint8Array;
  sizeBytes: number;
}

type MemoryNode = MemoryFile | { readonly kind: 'directory' };

export class MemoryFiles implements Files {
  /** By path. The root always exists. */
  readonly #nodes = new Map<string, MemoryNode>([
    ['/', { kind: 'directory' }],
    ['.', { kind: 'directory' }],
  ]);

  async open(rawPath: string, mode: OpenMode): Promise<FileHandle> {
    const path = normalized(rawPath);
    const node = this.#nodes.get(path);
    if (node?.kind === 'directory') throw failure('EISDIR', path);
    if (node !== undefined && mode === 'create') throw failure('EEXIST', path);
    if (node !== undefined) return new MemoryFileHandle(node);
    if (mode === 'read') throw failure('ENOENT', path);
    this.#needDirectory(parentPath(path));
    const file: MemoryFile = { kind: 'file', buffer: new Uint8Array(0), sizeBytes: 0 };
    this.#nodes.set(path, file);
    return new MemoryFileHandle(file);
  }

  async readFile(rawPath: string): Promise<Uint8Array> {
    const path = normalized(rawPath);
    return contentOf(this.#needFile(path)).slice();
  }

  async stat(rawPath: string): Promise<FileStat | undefined> {
    const path = normalized(rawPath);
    const node = this.#nodes.get(path);
    return node === undefined ? undefined : statOf(node);
  }

  async list(rawPath: string): Promise<readonly DirectoryEntry[]> {
    const path = normalized(rawPath);
    this.#needDirectory(path);
    const entries: DirectoryEntry[] = [];
    for (const [name, node] of this.#nodes) {
      if (name !== path && parentPath(name) === path) entries.push({ name: lastName(name), kind: node.kind });
    }
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async makeDirectory(rawPath: string): Promise<void> {
    const path = normalized(rawPath);
    if (this.#nodes.has(path)) throw failure('EEXIST', path);
    this.#needDirectory(parentPath(path));
    this.#nodes.set(path, { kind: 'directory' });
  }

  async makeDirectories(rawPath: string): Promise<void> {
    const path = normalized(rawPath);
    const node = this.#nodes.get(path);
    if (node?.kind === 'file') throw failure('ENOTDIR', path);
    if (node !== undefined) return;
    await this.makeDirectories(parentPath(path));
    this.#nodes.set(path, { kind: 'directory' });
  }

  async rename(rawFrom: string, rawTo: string): Promise<void> {
    const [from, to] = [normalized(rawFrom), normalized(rawTo)];
    const file = this.#needFile(from);
    this.#needDirectory(parentPath(to));
    this.#nodes.delete(from);
    this.#nodes.set(to, file);
  }

  async link(rawFrom: string, rawTo: string): Promise<void> {
    const [from, to] = [normalized(rawFrom), normalized(rawTo)];
    const file = this.#needFile(from);
    if (this.#nodes.has(to)) throw failure('EEXIST', to);
    this.#needDirectory(parentPath(to));
    this.#nodes.set(to, file);
  }

  async remove(rawPath: string): Promise<void> {
    const path = normalized(rawPath);
    this.#needFile(path);
    this.#nodes.delete(path);
  }

  async removeRecursive(rawPath: string): Promise<void> {
    const path = normalized(rawPath);
    const inside = joinPath(path, '');
    for (const name of this.#nodes.keys()) if (name === path || name.startsWith(inside)) this.#nodes.delete(name);
  }

  async syncDirectory(rawPath: string): Promise<void> {
    const path = normalized(rawPath);
    this.#needDirectory(path);
  }

  #needFile(path: string): MemoryFile {
    const node = this.#nodes.get(path);
    if (node === undefined) throw failure('ENOENT', path);
    if (node.kind === 'directory') throw failure('EISDIR', path);
    return node;
  }

  #needDirectory(path: string): void {
    const node = this.#nodes.get(path);
    if (node === undefined) throw failure('ENOENT', path);
    if (node.kind === 'file') throw failure('ENOTDIR', path);
  }
}

class MemoryFileHandle implements FileHandle {
  readonly #file: MemoryFile;

  constructor(file: MemoryFile) {
    this.#file = file;
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    return contentOf(this.#file).slice(position, position + length);
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    this.#reserve(position + bytes.length);
    this.#file.buffer.set(bytes, position);
    this.#file.sizeBytes = Math.max(this.#file.sizeBytes, position + bytes.length);
  }

  async truncate(sizeBytes: number): Promise<void> {
    this.#reserve(sizeBytes);
    this.#file.buffer.fill(0, Math.min(sizeBytes, this.#file.sizeBytes));
    this.#file.sizeBytes = sizeBytes;
  }

  async sync(): Promise<void> {}

  async stat(): Promise<FileStat> {
    return statOf(this.#file);
  }

  async close(): Promise<void> {}

  #reserve(sizeBytes: number): void {
    const { buffer } = this.#file;
    if (sizeBytes <= buffer.length) return;
    const grown = new Uint8Array(Math.max(sizeBytes, buffer.length * 2));
    grown.set(contentOf(this.#file));
    this.#file.buffer = grown;
  }
}

function contentOf(file: MemoryFile): Uint8Array {
  return file.buffer.subarray(0, file.sizeBytes);
}

/** Without a slash at the end, and with single ones. */
function normalized(path: string): string {
  const single = path.replace(/\/{2,}/g, '/');
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single;
}

function statOf(node: MemoryNode): FileStat {
  return { kind: node.kind, sizeBytes: node.kind === 'file' ? node.sizeBytes : 0, modifiedMs: 0 };
}

function failure(code: string, path: string): FileError {
  return new FileError(code, `${code}: '${path}'`, path);
}
