/**
 * Watches a job's checkpoint directory at every moment: what the pointer log says is complete can be restored. Reads the disk
 * itself, past all simulated delays and faults.
 */
import type { CheckpointMetadata } from '../../checkpoint/metadata/checkpoint-metadata.ts';
import { referencedFiles } from '../../checkpoint/metadata/checkpoint-metadata.ts';
import { decodeMetadata } from '../../checkpoint/metadata/decode-metadata.ts';
import { decodePointerEntry } from '../../checkpoint/pointer-log/pointer-entry.ts';
import type { PointerEntry } from '../../checkpoint/pointer-log/pointer-entry.ts';
import {
  CheckpointPaths,
  joinPath,
  parseLockName,
  parsePointerName,
} from '../../checkpoint/protocol/checkpoint-paths.ts';
import type { CheckpointId } from '../../base/ids.ts';
import { nodeChecksum } from '../../host/node/node-compression.ts';
import { nodeStrings } from '../../host/node/node-strings.ts';
import type { SimDisk } from '../../host/sim/sim-disk.ts';

const FORMAT = { strings: nodeStrings, checksum: nodeChecksum };

export class CheckpointDirectory {
  readonly #disk: SimDisk;
  readonly #paths: CheckpointPaths;
  /** Decoded files by their content, which is replaced and never changed. */
  readonly #entries = new WeakMap<Uint8Array, PointerEntry>();
  readonly #metadata = new WeakMap<Uint8Array, CheckpointMetadata>();

  #hasFinished = false;

  constructor(disk: SimDisk, jobDirectory: string) {
    this.#disk = disk;
    this.#paths = new CheckpointPaths(jobDirectory);
  }

  isWithin(path: string): boolean {
    return path.startsWith(`${this.#paths.jobDirectory}/`);
  }

  /** The pointer log, ascending. */
  entries(): readonly PointerEntry[] {
    const folder = this.#disk.find(this.#paths.pointers);
    if (folder?.kind !== 'directory') return [];
    return [...folder.entries.keys()]
      .flatMap((name) => {
        const sequence = parsePointerName(name);
        return sequence === undefined ? [] : [this.#entry(name, sequence)];
      })
      .toSorted((a, b) => a.sequence - b.sequence);
  }

  /** True when the run has recorded its end. A later start may have put the entry away already. */
  get hasFinished(): boolean {
    return this.#hasFinished || isEnd(this.entries());
  }

  /** The end may not have been durable. */
  powerLost(): void {
    this.#hasFinished = isEnd(this.entries());
  }

  /** After every change in the directory. @throws Error when the newest complete checkpoint could not be restored */
  look(): void {
    const entries = this.entries();
    this.#hasFinished ||= isEnd(entries);
    const newest = entries.findLast(({ record }) => record.kind === 'checkpoint');
    if (newest?.record.kind !== 'checkpoint') return;
    const isOver = entries.some(
      ({ record, sequence }) =>
        sequence > newest.sequence && (record.kind === 'finished' || record.kind === 'canceled'),
    );
    if (isOver) return;
    const { checkpointId } = newest.record;
    const metadata = this.#metadataOf(checkpointId);
    if (metadata === undefined) throw new Error(`The pointer log names chk-${checkpointId}, which has no metadata`);
    for (const file of referencedFiles(metadata)) {
      if (this.#disk.find(this.#paths.resolve(file)) === undefined) {
        throw new Error(`chk-${checkpointId} is complete and refers to '${file}', which is gone`);
      }
    }
  }

  /** What is left in the directory although the job has finished and keeps nothing. */
  leftovers(): readonly string[] {
    const prefix = `${this.#paths.jobDirectory}/`;
    return this.#disk
      .filePaths()
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length))
      .filter((path) => !isExpectedAtEnd(path));
  }

  #entry(name: string, sequence: number): PointerEntry {
    const file = joinPath(this.#paths.pointers, name);
    const { content } = this.#disk.file(file);
    const entry = this.#entries.get(content) ?? decodePointerEntry(content, { ...FORMAT, file, sequence });
    this.#entries.set(content, entry);
    return entry;
  }

  #metadataOf(id: CheckpointId): CheckpointMetadata | undefined {
    const file = this.#paths.metadata(id);
    const node = this.#disk.find(file);
    if (node?.kind !== 'file') return undefined;
    const metadata = this.#metadata.get(node.content) ?? decodeMetadata(node.content, { ...FORMAT, file });
    this.#metadata.set(node.content, metadata);
    return metadata;
  }
}

function isEnd(entries: readonly PointerEntry[]): boolean {
  return entries.some(({ record }) => record.kind === 'finished');
}

function isExpectedAtEnd(path: string): boolean {
  const [folder = '', name] = path.split('/');
  if (name === undefined)
    return folder === 'identity.json' || folder === 'running.json' || parseLockName(folder) !== undefined;
  return folder === 'pointers' && parsePointerName(name) !== undefined;
}
