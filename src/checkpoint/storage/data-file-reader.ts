/**
 * Reads sections of completed checkpoints. Every block is verified before a byte of it is believed; blocks stay for a while,
 * because the sections of one block are usually wanted one after the other.
 */
import type { CheckpointDataReader } from '../../base/checkpoint-streams.ts';
import type { Environment } from '../../base/environment.ts';
import { MillraceError, messageOf } from '../../base/errors.ts';
import { fileErrorCode } from '../../base/files.ts';
import type { SectionRef } from '../../base/state-handle.ts';
import { joinPath } from '../protocol/checkpoint-paths.ts';
import { decodeBlock } from './data-file-format.ts';
import { storageFailure } from './storage-failure.ts';

/** Uncompressed content that is kept. */
const CACHE_BYTES_MAX = 16 * 1024 * 1024;

export interface DataFileReaderOptions {
  readonly environment: Environment;
  /** What the files of the references are relative to. Absolute ones belong to a checkpoint of another directory. */
  readonly jobDirectory: string;
  readonly cacheBytesMax?: number;
}

export class DataFileReader implements CheckpointDataReader {
  readonly #options: DataFileReaderOptions;
  /** By file and offset, least recently used first. */
  readonly #blocks = new Map<string, Promise<Uint8Array>>();
  readonly #sizes = new Map<string, number>();
  /** Bytes of the blocks in `#sizes`. */
  #cachedBytes = 0;

  constructor(options: DataFileReaderOptions) {
    this.#options = options;
  }

  async readSection(ref: SectionRef): Promise<Uint8Array> {
    const content = await this.#block(ref);
    if (ref.offset + ref.length > content.length) {
      throw this.#corrupt(ref, `section at ${ref.offset} of ${ref.length} bytes does not fit into ${content.length}`);
    }
    return content.subarray(ref.offset, ref.offset + ref.length);
  }

  #block(ref: SectionRef): Promise<Uint8Array> {
    const key = `${ref.blockOffset}:${ref.file}`;
    const cached = this.#blocks.get(key);
    if (cached !== undefined) {
      this.#blocks.delete(key);
      this.#blocks.set(key, cached);
      return cached;
    }
    const loading = this.#load(ref);
    this.#blocks.set(key, loading);
    loading.then(
      (content) => this.#loaded(key, content.length),
      () => this.#blocks.delete(key),
    );
    return loading;
  }

  #loaded(key: string, sizeBytes: number): void {
    this.#sizes.set(key, sizeBytes);
    this.#cachedBytes += sizeBytes;
    const limit = this.#options.cacheBytesMax ?? CACHE_BYTES_MAX;
    for (const oldest of this.#blocks.keys()) {
      if (this.#cachedBytes <= limit) return;
      const size = this.#sizes.get(oldest);
      // Still loading: somebody waits for it.
      if (size === undefined) continue;
      this.#blocks.delete(oldest);
      this.#sizes.delete(oldest);
      this.#cachedBytes -= size;
    }
  }

  async #load(ref: SectionRef): Promise<Uint8Array> {
    const block = decodeBlock(await this.#read(ref), this.#options.environment.checksum);
    if (typeof block === 'string') throw this.#corrupt(ref, block);
    const content = block.isCompressed ? await this.#decompress(ref, block) : block.payload;
    if (content.length !== block.contentBytes) {
      throw this.#corrupt(ref, `block has ${content.length} bytes of content, not ${block.contentBytes}`);
    }
    // Node's Buffer would pass for a Uint8Array, but its slice() shares memory.
    return new Uint8Array(content.buffer, content.byteOffset, content.length);
  }

  async #decompress(
    ref: SectionRef,
    block: { readonly payload: Uint8Array; readonly contentBytes: number },
  ): Promise<Uint8Array> {
    try {
      return await this.#options.environment.compression.decompress(block.payload, block.contentBytes);
    } catch (error) {
      throw this.#corrupt(ref, messageOf(error));
    }
  }

  async #read(ref: SectionRef): Promise<Uint8Array> {
    const path = this.#path(ref);
    try {
      const handle = await this.#options.environment.files.open(path, 'read');
      try {
        return await handle.read(ref.blockOffset, ref.blockLength);
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') throw this.#corrupt(ref, 'the file is missing');
      throw storageFailure('Reading checkpoint data from', path, error);
    }
  }

  #path({ file }: SectionRef): string {
    return file.startsWith('/') ? file : joinPath(this.#options.jobDirectory, file);
  }

  #corrupt(ref: SectionRef, why: string): MillraceError {
    const path = this.#path(ref);
    return new MillraceError(
      'CHECKPOINT_CORRUPT',
      `Reading checkpoint data from '${path}' failed at byte ${ref.blockOffset}: ${why}`,
    );
  }
}
