/**
 * A ring in shared memory: one producer thread, one consumer thread, no locks.
 *
 *   words (Int32, each on a cache line of its own, so that the two sides do not slow each other down)
 *     PUBLISHED   pages the producer has published since the start, mod 2^32; written by the producer only
 *     CONSUMED    pages the consumer has given back, mod 2^32; written by the consumer only
 *     BARRIER     id of the last barrier that the producer has put in; written by the producer only
 *   pages   `pageCount` times `pageBytes`: u32 length of the part, u32 1 if the frame goes on in the next page, the part
 *
 * Rules:
 * 1. Page n lies in slot n mod pageCount. The producer writes to it only while n < CONSUMED + pageCount.
 * 2. The producer stores PUBLISHED after the last byte of the page; the consumer reads a page only after loading a PUBLISHED
 *    beyond it. Stores and loads of the words are atomic, which orders the plain accesses to the pages.
 * 3. The consumer stores CONSUMED when it needs nothing of the page any more: everything that leaves the reader has been copied.
 *
 * A frame (frame.ts) fills one page as a rule. A frame that is larger goes through in parts, even one larger than the ring.
 */
import { assert } from '../base/assert.ts';

export const PAGE_BYTES: number = 32 * 1024;
const PAGE_HEADER_BYTES = 8;
const CACHE_LINE_BYTES = 64;
const WORDS_PER_LINE = CACHE_LINE_BYTES / Int32Array.BYTES_PER_ELEMENT;
const HEADER_BYTES = 3 * CACHE_LINE_BYTES;
/** A page must hold its header and something of a frame. */
const LEAST_PAGE_BYTES = 32;

const PUBLISHED = 0;
const CONSUMED = WORDS_PER_LINE;
const BARRIER = 2 * WORDS_PER_LINE;

export interface RingOptions {
  readonly pageCount: number;
  /** Default PAGE_BYTES. Both ends must be given the same. */
  readonly pageBytes?: number;
}

/** Size of the SharedArrayBuffer of a ring. */
export function ringBytes(options: RingOptions): number {
  const pageBytes = options.pageBytes ?? PAGE_BYTES;
  assert(options.pageCount >= 1, 'A ring without pages');
  assert(pageBytes >= LEAST_PAGE_BYTES && pageBytes % 8 === 0, () => `Pages of ${pageBytes} bytes`);
  return HEADER_BYTES + options.pageCount * pageBytes;
}

/** The shared words. Counts are kept in full by each side and compared with the other's mod 2^32. */
export class RingWords {
  readonly #words: Int32Array;

  constructor(ring: SharedArrayBuffer) {
    this.#words = new Int32Array(ring, 0, HEADER_BYTES / Int32Array.BYTES_PER_ELEMENT);
  }

  publish(publishedCount: number): void {
    Atomics.store(this.#words, PUBLISHED, publishedCount | 0);
  }

  giveBack(consumedCount: number): void {
    Atomics.store(this.#words, CONSUMED, consumedCount | 0);
  }

  /** For the producer: pages that the consumer still has, given its own count. */
  outstanding(publishedCount: number): number {
    return (publishedCount - Atomics.load(this.#words, CONSUMED)) | 0;
  }

  /** For the consumer: pages that it has not given back, given its own count. */
  available(consumedCount: number): number {
    return (Atomics.load(this.#words, PUBLISHED) - consumedCount) | 0;
  }

  announceBarrier(checkpointId: number): void {
    Atomics.store(this.#words, BARRIER, checkpointId);
  }

  get announcedBarrier(): number {
    return Atomics.load(this.#words, BARRIER);
  }
}

/** The memory of one page. */
export class RingPage {
  /** Without the header. */
  readonly payload: Uint8Array;
  readonly view: DataView;
  readonly #header: Uint32Array;

  constructor(ring: SharedArrayBuffer, offset: number, pageBytes: number) {
    this.#header = new Uint32Array(ring, offset, PAGE_HEADER_BYTES / Uint32Array.BYTES_PER_ELEMENT);
    this.payload = new Uint8Array(ring, offset + PAGE_HEADER_BYTES, pageBytes - PAGE_HEADER_BYTES);
    this.view = new DataView(ring, offset + PAGE_HEADER_BYTES, pageBytes - PAGE_HEADER_BYTES);
  }

  get partBytes(): number {
    return this.#header[0] ?? 0;
  }

  get goesOn(): boolean {
    return this.#header[1] === 1;
  }

  seal(partBytes: number, goesOn: boolean): void {
    assert(partBytes <= this.payload.length, 'A part larger than its page');
    this.#header[0] = partBytes;
    this.#header[1] = goesOn ? 1 : 0;
  }
}

export function ringPages(ring: SharedArrayBuffer, pageBytes: number = PAGE_BYTES): readonly RingPage[] {
  const pageCount = (ring.byteLength - HEADER_BYTES) / pageBytes;
  assert(
    Number.isInteger(pageCount) && pageCount >= 1,
    () => `A ring of ${ring.byteLength} bytes with pages of ${pageBytes}`,
  );
  return Array.from(
    { length: pageCount },
    (_, index) => new RingPage(ring, HEADER_BYTES + index * pageBytes, pageBytes),
  );
}
