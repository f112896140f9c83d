/**
 * The uncompressed bytes of one input file from an offset on, read a chunk at a time. Checks against what the split says of the
 * file, when it is opened and when the range has been read, that nobody changed it meanwhile.
 */
import type { Decompressor, Environment } from '../../../base/environment.ts';
import { MillraceError, messageOf } from '../../../base/errors.ts';
import { fileErrorCode } from '../../../base/files.ts';
import type { FileHandle, FileStat } from '../../../base/files.ts';
import type { FileRange } from './file-split.ts';

/** Large enough that reading is cheap against decoding, small enough that decoding a chunk stays well under 1 ms. */
const CHUNK_BYTES = 256 * 1024;
/** Past the end of the range only the rest of one record is wanted. */
const TAIL_CHUNK_BYTES = 64 * 1024;
const COMPRESSED_CHUNK_BYTES = 64 * 1024;

export interface ByteStream {
  /** Never empty; undefined at the end of the file as the split knows it. One call at a time. */
  read(): Promise<Uint8Array | undefined>;
  /** The range of the split was read: what follows is wanted only as far as the last record reaches. */
  readonly isPastRange: boolean;
  close(): Promise<void>;
}

export interface ByteStreamOptions {
  readonly environment: Environment;
  readonly file: Pick<FileRange, 'path' | 'sizeBytes' | 'modifiedMs' | 'compression' | 'endBytes'>;
  /** Offset in the uncompressed stream of the first byte. */
  readonly fromBytes: number;
  /** True for a watched input: the file may have become longer, but not shorter. */
  readonly mayGrow: boolean;
}

/** Throws INPUT_NOT_FOUND, INPUT_CHANGED or INPUT_UNREADABLE, as the stream's `read` does. */
export async function openByteStream(options: ByteStreamOptions): Promise<ByteStream> {
  const { environment, file } = options;
  const input = new InputFile(options, await openInput(environment, file.path));
  try {
    await input.checkUnchanged(options.fromBytes);
  } catch (error) {
    await input.close();
    throw error;
  }
  return file.compression === 'none'
    ? new PlainStream(input, options)
    : new CompressedStream(input, { ...options, kind: file.compression });
}

async function openInput(environment: Environment, path: string): Promise<FileHandle> {
  try {
    return await environment.files.open(path, 'read');
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') {
      throw new MillraceError('INPUT_NOT_FOUND', `Opening '${path}' failed: it does not exist any more`);
    }
    throw unreadable(path, error);
  }
}

/** The file with the checks. */
class InputFile {
  readonly path: string;
  readonly #options: ByteStreamOptions;
  readonly #handle: FileHandle;

  constructor(options: ByteStreamOptions, handle: FileHandle) {
    this.path = options.file.path;
    this.#options = options;
    this.#handle = handle;
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    try {
      return await this.#handle.read(position, length);
    } catch (error) {
      throw unreadable(this.path, error);
    }
  }

  /** `atBytes`: how far the stream was read, for the message. */
  async checkUnchanged(atBytes: number): Promise<void> {
    const { file, mayGrow } = this.#options;
    let stat: FileStat;
    try {
      stat = await this.#handle.stat();
    } catch (error) {
      throw unreadable(this.path, error);
    }
    if (stat.sizeBytes < file.sizeBytes) throw this.changed(atBytes, shrunk(file.sizeBytes, stat.sizeBytes));
    if (mayGrow) return;
    if (stat.sizeBytes > file.sizeBytes) {
      throw this.changed(atBytes, `it has grown from ${file.sizeBytes} to ${stat.sizeBytes} bytes`);
    }
    if (stat.modifiedMs !== file.modifiedMs) throw this.changed(atBytes, 'it was written to');
  }

  changed(atBytes: number, what: string): MillraceError {
    const message = `Reading '${this.path}' at byte ${atBytes} failed: the file was changed while it was an input: ${what}`;
    return new MillraceError('INPUT_CHANGED', message);
  }

  /** As well as one can: nothing is lost when that fails, and it must not hide why the file is being closed. */
  async close(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }
}

class PlainStream implements ByteStream {
  readonly #input: InputFile;
  readonly #sizeBytes: number;
  readonly #endBytes: number;
  #position: number;
  #isChecked = false;

  constructor(input: InputFile, { file, fromBytes }: ByteStreamOptions) {
    this.#input = input;
    this.#sizeBytes = file.sizeBytes;
    this.#endBytes = file.endBytes;
    this.#position = fromBytes;
  }

  get isPastRange(): boolean {
    return this.#position >= this.#endBytes;
  }

  async read(): Promise<Uint8Array | undefined> {
    const position = this.#position;
    const wanted = this.isPastRange ? TAIL_CHUNK_BYTES : Math.min(CHUNK_BYTES, this.#endBytes - position);
    const length = Math.min(wanted, this.#sizeBytes - position);
    if (length <= 0) return this.#end();
    const bytes = await this.#input.read(position, length);
    if (bytes.length < length)
      throw this.#input.changed(position + bytes.length, shrunk(this.#sizeBytes, position + bytes.length));
    this.#position += length;
    // Before the last bytes of the range are handed out: afterwards nobody may ask for more.
    if (this.isPastRange) await this.#check();
    return bytes;
  }

  async close(): Promise<void> {
    await this.#input.close();
  }

  async #end(): Promise<undefined> {
    await this.#check();
    return undefined;
  }

  async #check(): Promise<void> {
    if (this.#isChecked) return;
    this.#isChecked = true;
    await this.#input.checkUnchanged(this.#position);
  }
}

class CompressedStream implements ByteStream {
  /** Always one split. */
  readonly isPastRange = false;
  readonly #input: InputFile;
  readonly #decompressor: Decompressor;
  readonly #sizeBytes: number;
  /** Where the decompressor reads next in the file. */
  #filePosition = 0;
  /** Bytes still to be passed over: a position in a compressed file is found only by decompressing what is before it. */
  #skipBytes: number;

  constructor(
    input: InputFile,
    { environment, file, fromBytes, kind }: ByteStreamOptions & { readonly kind: 'gzip' | 'zstd' },
  ) {
    this.#input = input;
    this.#sizeBytes = file.sizeBytes;
    this.#skipBytes = fromBytes;
    this.#decompressor = environment.decompression.open(kind, () => this.#pull());
  }

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const piece = await this.#decompress();
      if (piece === undefined) return this.#end();
      const bytes = piece.subarray(Math.min(this.#skipBytes, piece.length));
      this.#skipBytes -= piece.length - bytes.length;
      if (bytes.length > 0) return bytes;
    }
  }

  async close(): Promise<void> {
    this.#decompressor.close();
    await this.#input.close();
  }

  async #end(): Promise<undefined> {
    await this.#input.checkUnchanged(this.#filePosition);
    if (this.#skipBytes > 0) {
      throw this.#input.changed(
        this.#filePosition,
        `it ends ${this.#skipBytes} bytes before the position to resume from`,
      );
    }
    return undefined;
  }

  async #decompress(): Promise<Uint8Array | undefined> {
    try {
      return await this.#decompressor.read();
    } catch (error) {
      if (MillraceError.is(error)) throw error;
      const message = `Decompressing '${this.#input.path}' near byte ${this.#filePosition} failed: ${messageOf(error)}`;
      throw new MillraceError('INPUT_UNREADABLE', message, { cause: error, recovery: 'fail-job' });
    }
  }

  async #pull(): Promise<Uint8Array | undefined> {
    const length = Math.min(COMPRESSED_CHUNK_BYTES, this.#sizeBytes - this.#filePosition);
    if (length <= 0) return undefined;
    const bytes = await this.#input.read(this.#filePosition, length);
    this.#filePosition += bytes.length;
    if (bytes.length < length)
      throw this.#input.changed(this.#filePosition, shrunk(this.#sizeBytes, this.#filePosition));
    return bytes;
  }
}

function shrunk(fromBytes: number, toBytes: number): string {
  return `it has shrunk from ${fromBytes} to ${toBytes} bytes`;
}

function unreadable(path: string, error: unknown): MillraceError {
  return new MillraceError(
    'INPUT_UNREADABLE',
    `Reading '${path}' failed: ${fileErrorCode(error) ?? messageOf(error)}`,
    {
      cause: error,
    },
  );
}
