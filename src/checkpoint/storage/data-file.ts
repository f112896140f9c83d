/**
 * The data file of one slot for one checkpoint, while it is written.
 *
 *   blocks are compressed and appended in the order in which they were sealed
 *   → every participant has completed its part or withdrawn
 *   → footer, fsync → final name → fsync of the folder → the parts' promises settle
 *
 * Until then it has a temporary name. A file to which nobody wrote a section is never made.
 */
import { assert } from '../../base/assert.ts';
import type { Environment } from '../../base/environment.ts';
import { MillraceError } from '../../base/errors.ts';
import type { FileHandle } from '../../base/files.ts';
import { dataFilePath, parentPath, TEMPORARY_SUFFIX } from '../protocol/checkpoint-paths.ts';
import type { CheckpointPaths, DataFileLocation, DataFileOwner } from '../protocol/checkpoint-paths.ts';
import { encodeBlock, encodeFileHeader, encodeFooter } from './data-file-format.ts';
import type { BlockEntry, SectionEntry } from './data-file-format.ts';
import { removeIfPresent } from './durable-file.ts';
import { storageFailure } from './storage-failure.ts';

/** Below, compression costs more than it saves. */
const COMPRESSED_FROM_BYTES = 1024;

export interface DataFileOptions {
  readonly environment: Environment;
  readonly paths: CheckpointPaths;
  readonly owner: DataFileOwner;
  readonly location: DataFileLocation;
  /** Subtasks that will open a part or withdraw. */
  readonly participants: number;
  /** Content bytes that were handed over and are now on disk or given up. */
  readonly onBytesSettled: (contentBytes: number) => void;
}

/** Where a block came to lie. */
export interface BlockPlace {
  readonly blockOffset: number;
  readonly blockLength: number;
}

export interface SealedBlock {
  readonly content: Uint8Array;
  readonly sections: readonly SectionEntry[];
}

export class DataFile {
  /** As in a SectionRef. */
  readonly relativePath: string;
  readonly #options: DataFileOptions;
  readonly #path: string;
  readonly #blocks: BlockEntry[] = [];
  /** Parts that still owe their completion, 0 to `participants`. */
  #owing: number;
  #handle: FileHandle | undefined;
  #endOffset = 0;
  #isRenamed = false;
  #isDurable = false;
  #isAborted = false;
  /** All I/O of the file happens in this chain, one step after the other; it never rejects. */
  #tail: Promise<void> = Promise.resolve();
  /** The first error: everything after it is given up. */
  #failure: MillraceError | undefined;
  readonly #durable: Promise<void>;
  #settleDurable: () => void = () => {};

  constructor(options: DataFileOptions) {
    this.#options = options;
    this.#owing = options.participants;
    this.relativePath = dataFilePath(options.owner, options.location);
    this.#path = options.paths.resolve(this.relativePath);
    this.#durable = new Promise((resolve) => {
      this.#settleDurable = resolve;
    });
  }

  get isDurable(): boolean {
    return this.#isDurable;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Takes the content over. Its place, or undefined when the file has failed. */
  append(block: SealedBlock): Promise<BlockPlace | undefined> {
    const { compression, checksum } = this.#options.environment;
    const { content } = block;
    // Compression of several blocks may overlap; the order on disk is that of the calls.
    const compressed =
      content.length < COMPRESSED_FROM_BYTES ? Promise.resolve(undefined) : compression.compress(content);
    compressed.catch(() => {});
    return new Promise((resolve) => {
      this.#enqueue(
        async () => {
          const small = await compressed;
          const isSmaller = small !== undefined && small.length < content.length;
          const bytes = encodeBlock({ content, compressed: isSmaller ? small : undefined }, checksum);
          resolve(await this.#write(block, bytes));
        },
        () => {
          this.#options.onBytesSettled(content.length);
          resolve(undefined);
        },
      );
    });
  }

  /** One participant is done. The file is made durable when it was the last. */
  partCompleted(): void {
    assert(this.#owing > 0, () => `Data file '${this.relativePath}' has more parts than participants`);
    this.#owing--;
    if (this.#owing === 0) this.#enqueue(() => this.#finish(), this.#settleDurable);
  }

  /** Settles when the file is durable under its final name. */
  async durable(): Promise<void> {
    await this.#durable;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Whatever was written goes. Parts that wait are rejected. */
  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#failure ??= new MillraceError(
      'CHECKPOINT_STORAGE_FAILED',
      `Writing '${this.#path}' was given up: checkpoint ${this.#options.owner.checkpointId} was aborted`,
    );
    this.#settleDurable();
    this.#tail = this.#tail.then(() => this.#remove());
  }

  /** Settles when no I/O is under way. */
  idle(): Promise<void> {
    return this.#tail;
  }

  async #write({ content, sections }: SealedBlock, bytes: Uint8Array): Promise<BlockPlace> {
    const handle = this.#handle ?? (await this.#open());
    const place = { blockOffset: this.#endOffset, blockLength: bytes.length };
    await handle.write(bytes, place.blockOffset);
    this.#endOffset += bytes.length;
    this.#blocks.push({ offset: place.blockOffset, length: bytes.length, contentBytes: content.length, sections });
    return place;
  }

  async #open(): Promise<FileHandle> {
    const { environment, owner } = this.#options;
    const handle = await environment.files.open(this.#path + TEMPORARY_SUFFIX, 'create');
    this.#handle = handle;
    const header = encodeFileHeader(owner, environment.checksum);
    await handle.write(header, 0);
    this.#endOffset = header.length;
    return handle;
  }

  async #finish(): Promise<void> {
    const { files, checksum } = this.#options.environment;
    const handle = this.#handle;
    if (handle === undefined) {
      this.#isDurable = true;
      return;
    }
    await handle.write(encodeFooter(this.#blocks, checksum), this.#endOffset);
    await handle.sync();
    this.#handle = undefined;
    await handle.close();
    await files.rename(this.#path + TEMPORARY_SUFFIX, this.#path);
    this.#isRenamed = true;
    await files.syncDirectory(parentPath(this.#path));
    this.#isDurable = true;
  }

  /** `after` runs in every case, once the step is over or given up. */
  #enqueue(step: () => Promise<void>, after: () => void): void {
    this.#tail = this.#tail
      .then(async () => {
        if (this.#failure === undefined) await step();
      })
      .catch((error: unknown) => {
        this.#failure ??= storageFailure('Writing checkpoint data to', this.#path, error);
      })
      .then(after);
  }

  async #remove(): Promise<void> {
    const { files } = this.#options.environment;
    const handle = this.#handle;
    this.#handle = undefined;
    try {
      await handle?.close();
      await removeIfPresent(files, this.#isRenamed ? this.#path : this.#path + TEMPORARY_SUFFIX);
    } catch {
      // The coordinator clears away what carries the checkpoint's id, and the next start what carries an older epoch.
    }
  }
}
