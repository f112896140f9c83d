/**
 * A file system as connectors and checkpoint storage see it. Paths are absolute or relative to the process, with '/'.
 *
 * Durability contract (the simulator loses exactly what this does not promise):
 * - `FileHandle.sync` makes the content written before it durable;
 * - a created, linked, renamed or removed NAME is durable after `syncDirectory` of its folder.
 *
 * Errors are rejected as `FileError` with Node's codes (ENOENT, EEXIST, ENOSPC, ...).
 */
export interface FileStat {
  readonly kind: 'file' | 'directory' | 'other';
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
}

export interface FileHandle {
  /** Reads up to `length` bytes at `position`; fewer at the end of the file, none past it. */
  read(position: number, length: number): Promise<Uint8Array>;
  /** Writes all bytes at `position`. The caller leaves `bytes` alone until it settles. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  truncate(sizeBytes: number): Promise<void>;
  sync(): Promise<void>;
  stat(): Promise<FileStat>;
  close(): Promise<void>;
}

/** 'read': must exist. 'create': must not exist. 'write': made if missing, content kept. */
export type OpenMode = 'read' | 'create' | 'write';

export interface Files {
  open(path: string, mode: OpenMode): Promise<FileHandle>;
  readFile(path: string): Promise<Uint8Array>;
  /** undefined when there is nothing at the path. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Entries in name order. */
  list(path: string): Promise<readonly DirectoryEntry[]>;
  /** Not recursive: EEXIST when it exists, ENOENT when the parent is missing. */
  makeDirectory(path: string): Promise<void>;
  /** Makes missing parents too; fine when it exists. New names are durable when it settles. */
  makeDirectories(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A second name for the same file; EEXIST when `to` exists. The put-if-absent of a file system. */
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** A folder with all it holds; fine when it does not exist. */
  removeRecursive(path: string): Promise<void>;
  syncDirectory(path: string): Promise<void>;
}

export class FileError extends Error {
  /** Node's error code: ENOENT, EEXIST, ENOSPC, EIO, ... */
  readonly code: string;
  readonly path: string;

  constructor(code: string, message: string, path: string) {
    super(message);
    this.name = 'FileError';
    this.code = code;
    this.path = path;
  }
}

/** The code of a file system error (a FileError or Node's own), else undefined. */
export function fileErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
