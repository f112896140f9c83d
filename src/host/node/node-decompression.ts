/**
 * Compressed input files by node:zlib. Two traps of Node are met here, for both implementations:
 * - zstd decompression stops silently at the end of a frame and drops what follows in the same call: what was not consumed goes
 *   to a fresh decompressor (gzip members are joined by Node itself);
 * - a stream that ends in the middle is an error only at `end`, never before.
 */
import { createGunzip, createZstdDecompress, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Gunzip, ZstdDecompress } from 'node:zlib';
import type { CompressionKind, Decompressor, StreamDecompression } from '../../base/environment.ts';

type Pull = () => Promise<Uint8Array | undefined>;
type ZlibStream = Gunzip | ZstdDecompress;

/** Pieces of what the synchronous implementation decompressed. */
const PIECE_BYTES = 64 * 1024;

/** On libuv's thread pool, in bounded memory. */
export const nodeDecompression: StreamDecompression = {
  open: (kind, pull) => new StreamDecompressor(kind, pull),
};

/**
 * The same, but nothing of it happens at a time of its own: between two calls of `pull` all is synchronous, so that a
 * simulation replays exactly. Holds the whole uncompressed input in memory.
 */
export const synchronousDecompression: StreamDecompression = {
  open: (kind, pull) => new SynchronousDecompressor(kind, pull),
};

/** One zlib stream after another: the next begins where the one before stopped consuming. */
class StreamDecompressor implements Decompressor {
  readonly #kind: CompressionKind;
  readonly #pull: Pull;
  #stream: ZlibStream | undefined;
  #pieces: AsyncIterator<Uint8Array> | undefined;
  /** Settles with the bytes that the current stream left over; undefined when all was consumed. Never rejects. */
  #feeding: Promise<Uint8Array | undefined> = Promise.resolve(undefined);
  #isClosed = false;

  constructor(kind: CompressionKind, pull: Pull) {
    this.#kind = kind;
    this.#pull = pull;
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.#pieces === undefined) {
      const first = await this.#pull();
      if (first === undefined || this.#isClosed) return undefined;
      this.#start(first);
    }
    for (;;) {
      const result = await this.#pieces?.next();
      if (result !== undefined && result.done !== true) return result.value;
      const rest = await this.#feeding;
      if (rest === undefined || this.#isClosed) return undefined;
      this.#start(rest);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#stream?.destroy();
  }

  #start(first: Uint8Array): void {
    const stream = this.#kind === 'gzip' ? createGunzip() : createZstdDecompress();
    this.#stream = stream;
    this.#pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    this.#feeding = this.#feed(stream, first);
  }

  /** Its failures surface in `read`, through the stream. */
  async #feed(stream: ZlibStream, first: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      for (let bytes: Uint8Array | undefined = first; bytes !== undefined; bytes = await this.#pull()) {
        if (stream.destroyed) return undefined;
        const before = stream.bytesWritten;
        await write(stream, bytes);
        const consumed = stream.bytesWritten - before;
        if (consumed < bytes.length) return bytes.subarray(consumed);
      }
      stream.end();
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
    return undefined;
  }
}

/** Settles when the bytes, or those up to the end of a frame, are consumed. */
function write(stream: ZlibStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error instanceof Error ? reject(error) : resolve()));
  });
}

class SynchronousDecompressor implements Decompressor {
  readonly #kind: CompressionKind;
  readonly #pull: Pull;
  #content: Uint8Array | undefined;
  #position = 0;

  constructor(kind: CompressionKind, pull: Pull) {
    this.#kind = kind;
    this.#pull = pull;
  }

  async read(): Promise<Uint8Array | undefined> {
    this.#content ??= await this.#decompressAll();
    if (this.#position >= this.#content.length) return undefined;
    const piece = this.#content.subarray(this.#position, this.#position + PIECE_BYTES);
    this.#position += piece.length;
    return piece;
  }

  close(): void {
    this.#content = new Uint8Array(0);
  }

  async #decompressAll(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for (let bytes = await this.#pull(); bytes !== undefined; bytes = await this.#pull()) pieces.push(bytes);
    const compressed = concat(pieces);
    if (compressed.length === 0) return compressed;
    return this.#kind === 'gzip' ? gunzipSync(compressed) : decompressFrames(compressed);
  }
}

/** What node:zlib answers with `info: true`; the declarations of Node do not know it. */
interface ZlibInfo {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

function decompressFrames(compressed: Uint8Array): Uint8Array {
  const frames: Uint8Array[] = [];
  let rest = compressed;
  while (rest.length > 0) {
    const { buffer, engine } = zstdDecompressSync(rest, { info: true }) as unknown as ZlibInfo;
    if (engine.bytesWritten === 0)
      throw new Error('Decompressing failed: the rest of the input is not compressed data');
    frames.push(buffer);
    rest = rest.subarray(engine.bytesWritten);
  }
  return concat(frames);
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    all.set(piece, position);
    position += piece.length;
  }
  return all;
}
