/**
 * Watches the output folders at every moment, as a reader of them would. A file under a final name is whole, never changes, and
 * never goes away, unless the power goes before its name was durable: then it comes back the same.
 */
import type { SimDisk, SimDirectoryNode } from '../../host/sim/sim-disk.ts';
import type { SimulatedOutput } from './simulated-job.ts';

const NEWLINE = 10;

export class CommittedOutput implements SimulatedOutput {
  readonly #disk: SimDisk;
  readonly #folders: readonly string[];
  /** Content of each final file when it was first seen, by path. */
  readonly #seen = new Map<string, Uint8Array>();

  constructor(disk: SimDisk, folders: readonly string[]) {
    this.#disk = disk;
    this.#folders = folders.map((folder) => (folder.endsWith('/') ? folder : `${folder}/`));
  }

  isWithin(path: string): boolean {
    return this.#folders.some((folder) => path.startsWith(folder));
  }

  /** After every change in one of the folders. @throws Error when a reader could see something wrong */
  look(): void {
    const present = this.#finalFiles();
    for (const [path, content] of present) {
      const known = this.#seen.get(path);
      if (known === content) continue;
      if (known !== undefined && !isEqual(known, content))
        throw new Error(`Output file '${path}' has changed after it was published`);
      if (content.length > 0 && content.at(-1) !== NEWLINE)
        throw new Error(`Output file '${path}' ends in the middle of a line`);
      this.#seen.set(path, content);
    }
    for (const path of this.#seen.keys()) {
      if (!present.has(path)) throw new Error(`Output file '${path}' has gone after it was published`);
    }
  }

  /** Names that were not durable may be gone; what comes back has to be what it was. */
  powerLost(): void {
    const present = this.#finalFiles();
    for (const [path, content] of this.#seen) {
      const now = present.get(path);
      if (now !== undefined && !isEqual(content, now))
        throw new Error(`Published output file '${path}' was not durable`);
      if (now === undefined) this.#seen.delete(path);
    }
  }

  lines(folder: string): readonly string[] {
    const prefix = folder.endsWith('/') ? folder : `${folder}/`;
    const lines: string[] = [];
    for (const [path, content] of this.#finalFiles()) {
      if (path.startsWith(prefix)) lines.push(...new TextDecoder().decode(content).split('\n').slice(0, -1));
    }
    return lines;
  }

  /** Files with temporary names. */
  temporaryFiles(): readonly string[] {
    return this.#files().flatMap(([path]) => (isTemporary(path) ? [path] : []));
  }

  #finalFiles(): ReadonlyMap<string, Uint8Array> {
    return new Map(this.#files().filter(([path]) => !isTemporary(path)));
  }

  #files(): readonly (readonly [string, Uint8Array])[] {
    return this.#folders.flatMap((folder) => {
      const node = this.#disk.find(folder);
      return node?.kind === 'directory' ? filesBelow(node, folder) : [];
    });
  }
}

function filesBelow(directory: SimDirectoryNode, prefix: string): readonly (readonly [string, Uint8Array])[] {
  return [...directory.entries].flatMap(([name, node]): readonly (readonly [string, Uint8Array])[] =>
    node.kind === 'directory' ? filesBelow(node, `${prefix}${name}/`) : [[`${prefix}${name}`, node.content]],
  );
}

/** Hidden, as whoever reads the folder by the usual patterns has it. */
function isTemporary(path: string): boolean {
  return path.slice(path.lastIndexOf('/') + 1).startsWith('.');
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
