/**
 * Reads a byte stream ahead of its consumer, in the event loop. Holds at most PREFETCH_BYTES and one chunk; reading pauses
 * until the consumer has taken what is there. Past the range of the split it reads only what the consumer came for in vain.
 *
 * `onBytes` and `onError` are called from I/O callbacks, never after `close` was called.
 */
import { assert } from '../../../base/assert.ts';
import type { ByteStream } from './byte-stream.ts';

const PREFETCH_BYTES = 1024 * 1024;
/** Against streams of tiny chunks. */
const PREFETCH_CHUNKS = 64;

export interface PrefetchOptions {
  readonly open: () => Promise<ByteStream>;
  /** There is something to take, or the end was reached. */
  readonly onBytes: () => void;
  readonly onError: (error: unknown) => void;
}

export class PrefetchedBytes {
  readonly #options: PrefetchOptions;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #isAtEnd = false;
  #isPastRange = false;
  /** The consumer found nothing to take since the last chunk came. */
  #isStarved = false;
  #isClosed = false;
  /** Goes on with reading; set while reading waits for room. */
  #resume: (() => void) | undefined;
  readonly #running: Promise<void>;

  constructor(options: PrefetchOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** The split's range was fetched; what of it was not taken is still there. */
  get isRangeFetched(): boolean {
    return this.#isAtEnd || this.#isPastRange;
  }

  /** Everything was taken. */
  get isDrained(): boolean {
    return this.#isAtEnd && this.#chunks.length === 0;
  }

  take(): Uint8Array | undefined {
    const chunk = this.#chunks.shift();
    if (chunk === undefined) this.#isStarved = true;
    else this.#bytes -= chunk.length;
    assert(this.#bytes >= 0, 'More bytes were taken than fetched');
    if (this.#hasRoom()) this.#goOn();
    return chunk;
  }

  /** Settles when the stream is closed. May be called twice. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#chunks = [];
    this.#goOn();
    return this.#running;
  }

  async #run(): Promise<void> {
    let stream: ByteStream | undefined;
    try {
      stream = await this.#options.open();
      while (!this.#isClosed && !this.#isAtEnd) {
        const chunk = await stream.read();
        if (this.#isClosed) break;
        this.#isPastRange = stream.isPastRange;
        if (chunk === undefined) this.#isAtEnd = true;
        else this.#add(chunk);
        this.#options.onBytes();
        if (!this.#isAtEnd && !this.#hasRoom()) await this.#roomOrClosed();
      }
    } catch (error) {
      if (!this.#isClosed) this.#options.onError(error);
    }
    // A file that was read is closed as well as one can: nothing is lost when that fails.
    await stream?.close().catch(() => undefined);
  }

  #add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    this.#isStarved = false;
  }

  #hasRoom(): boolean {
    if (this.#isPastRange) return this.#isStarved;
    return this.#bytes < PREFETCH_BYTES && this.#chunks.length < PREFETCH_CHUNKS;
  }

  #goOn(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  #roomOrClosed(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }
}
