/**
 * What pure layers may know of the outside world. Each host brings its own: Node's for `inline` and `threads`, virtual ones
 * for `sim`, where a seed decides how long things take and what fails.
 */
import type { Files } from './files.ts';
import type { StringBytes } from './string-bytes.ts';

export interface Clock {
  /** Wall clock, ms since the epoch; may jump. */
  nowMs(): number;
  /** Never goes back; only differences mean something. */
  monotonicMs(): number;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  nextInt(bound: number): number;
}

export interface TimerHandle {
  cancel(): void;
}

export interface Timers {
  /** Runs `action` once, no earlier than `delayMs` from now. An open timer keeps the process alive. */
  after(delayMs: number, action: () => void): TimerHandle;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export interface Logger {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A logger that adds these fields to each line. */
  with(fields: Readonly<Record<string, unknown>>): Logger;
}

/** zstd; `compress` may return a promise that settles off this thread. */
export interface Compression {
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  decompress(bytes: Uint8Array, uncompressedBytes: number): Promise<Uint8Array>;
}

export type CompressionKind = 'gzip' | 'zstd';

/** Compressed input files, as streams. A file may hold several gzip members or zstd frames; they count as one stream. */
export interface StreamDecompression {
  /** `pull` gives the compressed bytes in order, undefined at their end; it is called once at a time, and not after `close`. */
  open(kind: CompressionKind, pull: () => Promise<Uint8Array | undefined>): Decompressor;
}

export interface Decompressor {
  /**
   * The next uncompressed bytes, never empty; undefined at the end. One call at a time. Rejects when the compressed bytes are
   * damaged or cut off, and with what `pull` rejects with.
   */
  read(): Promise<Uint8Array | undefined>;
  /** May be called at any time, also twice; a `read` that is open then settles either way. */
  close(): void;
}

export interface Checksum {
  /** CRC-32 (IEEE), unsigned. */
  crc32(bytes: Uint8Array): number;
}

/** Lines of print() and the collected rows of collect(): written whole, in order, at once. */
export interface StandardStreams {
  writeOut(text: string): void;
  writeErr(text: string): void;
}

export interface Environment {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly files: Files;
  readonly strings: StringBytes;
  readonly compression: Compression;
  readonly decompression: StreamDecompression;
  readonly checksum: Checksum;
  readonly streams: StandardStreams;
  readonly logger: Logger;
  /** True where a connector may start helper threads of its own (decoding Parquet); the simulator has one thread. */
  readonly helperThreads: boolean;
}
