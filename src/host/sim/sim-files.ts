/**
 * One process's view of a SimDisk: the Files of the simulator. Each operation waits for `delay`, then fails with what `fault`
 * says or takes effect at once. After `kill` nothing of this process takes effect any more, operations under way included;
 * their promises never settle, as in a process that is gone. A process that is only stopped is simulated by a `delay` that
 * does not settle until it goes on.
 */
import { FileError } from '../../base/files.ts';
import type { DirectoryEntry, FileHandle, FileStat, Files, OpenMode } from '../../base/files.ts';
import { SimDirectoryNode, SimDisk, SimFileNode, noEntry, partsOf } from './sim-disk.ts';
import type { SimNode } from './sim-disk.ts';

export type SimFileOperation =
  | 'open'
  | 'read'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'stat'
  | 'list'
  | 'makeDirectory'
  | 'rename'
  | 'link'
  | 'remove'
  | 'syncDirectory'
  | 'close';

export interface SimFileHooks {
  /** How long an operation takes: it takes effect when the promise settles. */
  readonly delay?: (operation: SimFileOperation, path: string) => Promise<void>;
  /** An error makes the operation fail. A failed write may have written a part: `tornWrite` says how much. */
  readonly fault?: (operation: SimFileOperation, path: string) => Error | undefined;
  /** An error that is reported although the operation took effect. */
  readonly lateFault?: (operation: SimFileOperation, path: string) => Error | undefined;
  /** The operation has taken effect; `bytes` are what was written. */
  readonly onEffect?: (operation: SimFileOperation, path: string, bytes?: Uint8Array) => void;
  /** How many of the bytes a failing write leaves behind; none without. */
  readonly tornWrite?: (lengthBytes: number) => number;
  /** Called once, by `kill`. */
  readonly onCrash?: () => void;
}

interface SimWrite {
  readonly bytes: Uint8Array;
  /** Leaves a part behind. */
  readonly tear: () => void;
}

export class SimFiles implements Files {
  readonly disk: SimDisk;
  readonly #hooks: SimFileHooks;
  #isDead = false;

  constructor(hooks: SimFileHooks = {}, disk: SimDisk = new SimDisk()) {
    this.#hooks = hooks;
    this.disk = disk;
  }

  /** The process is gone (SIGKILL): what it did remains, nothing more comes. */
  kill(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#hooks.onCrash?.();
  }

  /** The view of the next process on this machine. */
  nextProcess(hooks: SimFileHooks = this.#hooks): SimFiles {
    return new SimFiles(hooks, this.disk);
  }

  open(path: string, mode: OpenMode): Promise<FileHandle> {
    return this.run('open', path, () => {
      const existing = this.disk.find(path);
      if (mode === 'create' && existing !== undefined) throw exists(path);
      if (mode === 'read' || existing !== undefined) return new SimFileHandle(this, path, this.disk.file(path));
      const { directory, name } = this.disk.parent(path);
      const node = new SimFileNode(this.disk.nowMs());
      directory.change((entries) => entries.set(name, node));
      return new SimFileHandle(this, path, node);
    });
  }

  readFile(path: string): Promise<Uint8Array> {
    return this.run('read', path, () => this.disk.file(path).content.slice());
  }

  stat(path: string): Promise<FileStat | undefined> {
    return this.run('stat', path, () => {
      const node = this.disk.find(path);
      return node === undefined ? undefined : statOf(node);
    });
  }

  list(path: string): Promise<readonly DirectoryEntry[]> {
    return this.run('list', path, () =>
      [...this.disk.directory(path).entries]
        .map(([name, node]): DirectoryEntry => ({ name, kind: node.kind }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    );
  }

  makeDirectory(path: string): Promise<void> {
    return this.run('makeDirectory', path, () => {
      const { directory, name } = this.disk.parent(path);
      if (directory.entries.has(name)) throw exists(path);
      const made = new SimDirectoryNode(this.disk.nowMs());
      directory.change((entries) => entries.set(name, made));
    });
  }

  makeDirectories(path: string): Promise<void> {
    return this.run('makeDirectory', path, () => {
      let directory = this.disk.root;
      for (const name of partsOf(path)) {
        const existing = directory.entries.get(name);
        const next = existing ?? new SimDirectoryNode(this.disk.nowMs());
        if (next.kind !== 'directory') throw exists(path);
        if (existing === undefined) {
          directory.change((entries) => entries.set(name, next));
          directory.sync();
        }
        directory = next;
      }
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.run('rename', from, () => {
      const source = this.disk.parent(from);
      const target = this.disk.parent(to);
      const node = source.directory.entries.get(source.name);
      if (node === undefined) throw noEntry(from);
      if (source.directory === target.directory) {
        source.directory.change((entries) => {
          entries.delete(source.name);
          entries.set(target.name, node);
        });
        return;
      }
      target.directory.change((entries) => entries.set(target.name, node));
      source.directory.change((entries) => entries.delete(source.name));
    });
  }

  link(from: string, to: string): Promise<void> {
    return this.run('link', to, () => {
      const node = this.disk.file(from);
      const { directory, name } = this.disk.parent(to);
      if (directory.entries.has(name)) throw exists(to);
      directory.change((entries) => entries.set(name, node));
    });
  }

  remove(path: string): Promise<void> {
    return this.run('remove', path, () => {
      this.disk.file(path);
      const { directory, name } = this.disk.parent(path);
      directory.change((entries) => entries.delete(name));
    });
  }

  removeRecursive(path: string): Promise<void> {
    return this.run('remove', path, () => {
      if (this.disk.find(path) === undefined) return;
      const { directory, name } = this.disk.parent(path);
      directory.change((entries) => entries.delete(name));
    });
  }

  syncDirectory(path: string): Promise<void> {
    return this.run('syncDirectory', path, () => this.disk.directory(path).sync());
  }

  /** One operation; also used by the handles. */
  async run<R>(operation: SimFileOperation, path: string, action: () => R, write?: SimWrite): Promise<R> {
    await this.#hooks.delay?.(operation, path);
    if (this.#isDead) return new Promise<R>(() => {});
    const fault = this.#hooks.fault?.(operation, path);
    if (fault !== undefined) {
      write?.tear();
      throw fault;
    }
    const result = action();
    this.#hooks.onEffect?.(operation, path, write?.bytes);
    const lateFault = this.#hooks.lateFault?.(operation, path);
    if (lateFault !== undefined) throw lateFault;
    return result;
  }

  tornLength(lengthBytes: number): number {
    return this.#hooks.tornWrite?.(lengthBytes) ?? 0;
  }
}

class SimFileHandle implements FileHandle {
  readonly #files: SimFiles;
  readonly #path: string;
  readonly #node: SimFileNode;
  #isOpen = true;

  constructor(files: SimFiles, path: string, node: SimFileNode) {
    this.#files = files;
    this.#path = path;
    this.#node = node;
  }

  read(position: number, length: number): Promise<Uint8Array> {
    return this.#run('read', () => this.#node.content.slice(position, position + length));
  }

  write(bytes: Uint8Array, position: number): Promise<void> {
    const write = (part: Uint8Array): void => {
      this.#node.write(part, position);
      this.#node.modifiedMs = this.#files.disk.nowMs();
    };
    const tear = (): void => {
      const length = this.#files.tornLength(bytes.length);
      if (length > 0) write(bytes.subarray(0, length));
    };
    return this.#run('write', () => write(bytes), { bytes, tear });
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#run('truncate', () => {
      this.#node.truncate(sizeBytes);
      this.#node.modifiedMs = this.#files.disk.nowMs();
    });
  }

  sync(): Promise<void> {
    return this.#run('sync', () => this.#node.sync());
  }

  stat(): Promise<FileStat> {
    return this.#run('stat', () => statOf(this.#node));
  }

  close(): Promise<void> {
    return this.#run('close', () => {
      this.#isOpen = false;
    });
  }

  #run<R>(operation: SimFileOperation, action: () => R, written?: SimWrite): Promise<R> {
    return this.#files.run(
      operation,
      this.#path,
      () => {
        if (!this.#isOpen) throw new FileError('EBADF', `'${this.#path}' is closed`, this.#path);
        return action();
      },
      written,
    );
  }
}

function statOf(node: SimNode): FileStat {
  const sizeBytes = node.kind === 'file' ? node.content.length : 0;
  return { kind: node.kind, sizeBytes, modifiedMs: node.modifiedMs };
}

function exists(path: string): FileError {
  return new FileError('EEXIST', `'${path}' exists already`, path);
}
