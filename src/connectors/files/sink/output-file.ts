/**
 * One file being written under its temporary name. Text is gathered in a chunk; full chunks go to a queue of operations that run
 * one after the other, because positions follow from what came before. After the first error nothing more is done to the file:
 * every later operation fails with the same error.
 */
import type { Environment } from '../../../base/environment.ts';
import type { FileHandle } from '../../../base/files.ts';
import { MillraceError } from '../../../base/errors.ts';
import { outputFailed } from './output-failed.ts';

const CHUNK_BYTES = 64 * 1024;
/** Compressed files are made of independent frames: larger ones compress better. */
const COMPRESSED_CHUNK_BYTES = 128 * 1024;
/** A UTF-16 unit takes at most this many bytes in UTF-8. */
const UTF8_BYTES_PER_UNIT = 3;
const COPY_BYTES = 1024 * 1024;

export interface OutputFileOptions {
  /** Absolute or relative to the process. */
  readonly path: string;
  readonly createdMs: number;
  readonly isCompressed: boolean;
  readonly environment: Environment;
  /** More (or, negative, fewer) bytes wait for the disk; the chunk being filled is not counted. */
  readonly onQueued: (bytes: number) => void;
  readonly onFailure: (error: MillraceError) => void;
}

export class OutputFile {
  readonly createdMs: number;
  readonly #options: OutputFileOptions;
  #handle: FileHandle | undefined;
  #queue: Promise<void>;
  #chunk: Uint8Array | undefined;
  #chunkLength = 0;
  /** Bytes taken so far, before compression. */
  #sizeBytes = 0;
  /** Bytes in the file; touched only by the queue. */
  #writtenBytes = 0;
  #isDirty = true;
  #isSealed = false;

  /** @param prepare runs before the file is made: its folder */
  constructor(options: OutputFileOptions, prepare: () => Promise<void>) {
    this.createdMs = options.createdMs;
    this.#options = options;
    this.#queue = this.#watched(
      prepare().then(async () => {
        this.#handle = await options.environment.files.open(options.path, 'create');
      }),
      'Creating',
    );
  }

  get path(): string {
    return this.#options.path;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  append(text: string): void {
    const { strings } = this.#options.environment;
    const chunkBytes = this.#options.isCompressed ? COMPRESSED_CHUNK_BYTES : CHUNK_BYTES;
    const needed = text.length * UTF8_BYTES_PER_UNIT;
    if (this.#chunkLength + needed > chunkBytes) this.#flush();
    this.#chunk ??= new Uint8Array(Math.max(chunkBytes, needed));
    const written = strings.writeUtf8(this.#chunk, text, this.#chunkLength);
    this.#chunkLength += written;
    this.#sizeBytes += written;
  }

  /** The first `validBytes` of another file become the beginning of this one. Before any append. Closes the other file. */
  copyFrom(source: FileHandle, path: string, validBytes: number): void {
    this.#sizeBytes += validBytes;
    this.#isDirty = true;
    const copied = this.#enqueue('Copying to', (target) => this.#copy(source, target, path, validBytes));
    const close = (): void => void source.close().catch(() => {});
    copied.then(close, close);
  }

  /** Settles when everything taken so far is durable; the file's name is the caller's to make durable. */
  sync(): Promise<void> {
    this.#flush();
    if (!this.#isDirty) return this.#queue;
    this.#isDirty = false;
    return this.#enqueue('Syncing', (handle) => handle.sync());
  }

  /** Ends the file: settles when it is durable and closed. */
  seal(): Promise<void> {
    void this.sync();
    this.#isSealed = true;
    return this.#enqueue('Closing', (handle) => this.#closeHandle(handle));
  }

  /** Gives the file up where it is. Settles, never rejects, when nothing is under way any more. */
  async abandon(): Promise<void> {
    try {
      await this.#queue;
    } catch {
      // Reported already.
    }
    try {
      if (this.#handle !== undefined && !this.#isSealed) await this.#handle.close();
    } catch {
      // What matters is durable, the rest is to be thrown away.
    }
    this.#handle = undefined;
  }

  async #closeHandle(handle: FileHandle): Promise<void> {
    this.#handle = undefined;
    await handle.close();
  }

  async #copy(source: FileHandle, target: FileHandle, path: string, validBytes: number): Promise<void> {
    while (this.#writtenBytes < validBytes) {
      const position = this.#writtenBytes;
      const bytes = await source.read(position, Math.min(COPY_BYTES, validBytes - position));
      if (bytes.length === 0) {
        const message = `Restoring '${path}' failed: the checkpoint covers ${validBytes} bytes, but the file has only ${position}`;
        throw new MillraceError('OUTPUT_FAILED', message, { recovery: 'fail-job' });
      }
      await target.write(bytes, position);
      this.#writtenBytes += bytes.length;
    }
  }

  #flush(): void {
    const chunk = this.#chunk;
    if (chunk === undefined || this.#chunkLength === 0) return;
    const bytes = chunk.subarray(0, this.#chunkLength);
    this.#chunk = undefined;
    this.#chunkLength = 0;
    this.#isDirty = true;
    this.#options.onQueued(bytes.length);
    void this.#enqueue('Writing', async (handle) => {
      const stored = this.#options.isCompressed ? await this.#options.environment.compression.compress(bytes) : bytes;
      await handle.write(stored, this.#writtenBytes);
      this.#writtenBytes += stored.length;
      this.#options.onQueued(-bytes.length);
    });
  }

  #enqueue(action: string, operation: (handle: FileHandle) => Promise<void>): Promise<void> {
    this.#queue = this.#watched(
      this.#queue.then(() => {
        // Only seal and abandon drop the handle, and nothing is queued after them.
        if (this.#handle === undefined) throw new MillraceError('INVARIANT_VIOLATED', `File '${this.path}' is closed`);
        return operation(this.#handle);
      }),
      action,
    );
    return this.#queue;
  }

  /** Every operation's failure is reported, so that none becomes an unhandled rejection. */
  #watched(operation: Promise<void>, action: string): Promise<void> {
    const wrapped = operation.catch((error: unknown) => {
      throw outputFailed(action, this.path, error);
    });
    wrapped.catch((error: unknown) => this.#options.onFailure(outputFailed(action, this.path, error)));
    return wrapped;
  }
}
