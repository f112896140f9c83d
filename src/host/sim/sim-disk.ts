/**
 * The disk of a simulated machine: folders and files that remember what of them is durable. It outlives processes; `SimFiles`
 * is one process's view of it.
 *
 * What a power failure leaves is exactly what the durability contract of base/files.ts promises, and of the rest whatever
 * `draw` says:
 * - a file's content as of its last sync; of later writes a prefix may have reached the disk, perhaps as zeros;
 * - a folder's names as of its last sync; of later changes a prefix of their order may have (file systems keep the order of
 *   changes within a folder; a rename inside one folder is one change).
 */
import { must } from '../../base/assert.ts';
import { FileError } from '../../base/files.ts';

/** An integer in [0, bound). */
export type Draw = (bound: number) => number;

export class SimFileNode {
  readonly kind = 'file';
  content: Uint8Array = new Uint8Array(0);
  durableContent: Uint8Array = new Uint8Array(0);
  modifiedMs: number;

  constructor(modifiedMs: number) {
    this.modifiedMs = modifiedMs;
  }

  sync(): void {
    this.durableContent = this.content;
  }

  /** Content is replaced, never changed in place: snapshots of it are references. */
  write(bytes: Uint8Array, position: number): void {
    const grown = new Uint8Array(Math.max(this.content.length, position + bytes.length));
    grown.set(this.content);
    grown.set(bytes, position);
    this.content = grown;
  }

  truncate(sizeBytes: number): void {
    const cut = new Uint8Array(sizeBytes);
    cut.set(this.content.subarray(0, sizeBytes));
    this.content = cut;
  }

  losePower(draw: Draw | undefined): void {
    if (draw !== undefined) this.durableContent = tornContent(this.durableContent, this.content, draw);
    this.content = this.durableContent;
  }
}

function tornContent(durable: Uint8Array, current: Uint8Array, draw: Draw): Uint8Array {
  const length = draw(current.length + 1);
  if (length <= durable.length) return durable;
  const torn = current.slice(0, length);
  if (draw(4) === 0) torn.fill(0, durable.length);
  return torn;
}

export type SimNode = SimFileNode | SimDirectoryNode;

type Change = (entries: Map<string, SimNode>) => void;

export class SimDirectoryNode {
  readonly kind = 'directory';
  readonly modifiedMs: number;
  entries: Map<string, SimNode> = new Map();
  #durable: ReadonlyMap<string, SimNode> = new Map();
  /** Changes of names since the last sync, in order. */
  #changes: Change[] = [];

  constructor(modifiedMs: number) {
    this.modifiedMs = modifiedMs;
  }

  /** Applies a change of names; it is durable after the next sync. */
  change(change: Change): void {
    change(this.entries);
    this.#changes.push(change);
  }

  sync(): void {
    this.#durable = new Map(this.entries);
    this.#changes = [];
  }

  losePower(draw: Draw | undefined): void {
    const kept = new Map(this.#durable);
    const keptChanges = draw === undefined ? 0 : draw(this.#changes.length + 1);
    for (const change of this.#changes.slice(0, keptChanges)) change(kept);
    this.entries = kept;
    this.sync();
    for (const node of kept.values()) node.losePower(draw);
  }
}

export class SimDisk {
  readonly root: SimDirectoryNode = new SimDirectoryNode(0);
  readonly #nowMs: () => number;
  #ticks = 0;

  /** Without a clock each change is one ms later than the one before. */
  constructor(nowMs?: () => number) {
    this.#nowMs = nowMs ?? (() => ++this.#ticks);
  }

  nowMs(): number {
    return this.#nowMs();
  }

  /** The machine stops: only what is durable remains, and of the rest what `draw` picks (nothing without it). */
  losePower(draw?: Draw): void {
    this.root.losePower(draw);
  }

  find(path: string): SimNode | undefined {
    let node: SimNode | undefined = this.root;
    for (const part of partsOf(path)) {
      if (node === undefined || node.kind !== 'directory') return undefined;
      node = node.entries.get(part);
    }
    return node;
  }

  file(path: string): SimFileNode {
    const node = this.find(path);
    if (node === undefined) throw noEntry(path);
    if (node.kind !== 'file') throw new FileError('EISDIR', `'${path}' is a folder`, path);
    return node;
  }

  directory(path: string): SimDirectoryNode {
    const node = this.find(path);
    if (node === undefined) throw noEntry(path);
    if (node.kind !== 'directory') throw new FileError('ENOTDIR', `'${path}' is not a folder`, path);
    return node;
  }

  /** The folder that holds, or would hold, the name. */
  parent(path: string): { readonly directory: SimDirectoryNode; readonly name: string } {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) throw new FileError('EINVAL', `'${path}' is the root`, path);
    return { directory: this.directory(parts.join('/')), name };
  }

  /** A durable file, with the folders it is in: what was on the disk before anything began. */
  put(path: string, content: string | Uint8Array): void {
    const parts = partsOf(path);
    const name = must(parts.pop(), 'file name');
    let directory = this.root;
    for (const part of parts) {
      const next = directory.entries.get(part) ?? new SimDirectoryNode(this.nowMs());
      if (next.kind !== 'directory') throw new FileError('ENOTDIR', `'${path}' lies in a file`, path);
      if (!directory.entries.has(part)) directory.change((entries) => entries.set(part, next));
      directory.sync();
      directory = next;
    }
    const file = new SimFileNode(this.nowMs());
    file.content = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    file.sync();
    directory.change((entries) => entries.set(name, file));
    directory.sync();
  }

  /** Paths of all files, in order; for tests and checkers. */
  filePaths(): readonly string[] {
    return pathsBelow(this.root, '').toSorted();
  }
}

function pathsBelow(directory: SimDirectoryNode, prefix: string): readonly string[] {
  return [...directory.entries.keys()].flatMap((name) => {
    const node = must(directory.entries.get(name), `entry '${name}'`);
    const path = `${prefix}/${name}`;
    return node.kind === 'directory' ? pathsBelow(node, path) : [path];
  });
}

export function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

export function noEntry(path: string): FileError {
  return new FileError('ENOENT', `'${path}' does not exist`, path);
}
