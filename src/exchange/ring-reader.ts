import { must } from '../base/assert.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import type { ChannelReader } from '../base/channel.ts';
import type { ElementHandler } from '../base/elements.ts';
import type { StringBytes } from '../base/string-bytes.ts';
import { FrameReader } from './frame-reader.ts';
import { PAGE_BYTES, RingWords, ringPages } from './ring-layout.ts';
import type { RingPage } from './ring-layout.ts';

export interface RingReaderOptions {
  readonly strings: StringBytes;
  /** Called after pages were given back: rings the producer's doorbell, which may sleep with a full ring. */
  readonly notify: () => void;
  /** Default PAGE_BYTES. */
  readonly pageBytes?: number;
}

export function createRingReader(ring: SharedArrayBuffer, options: RingReaderOptions): ChannelReader {
  return new RingReader(ring, options);
}

/**
 * The consumer's end of a ring. A frame that lies in one page is decoded where it lies, and the page is given back when its last
 * element has been taken; parts of a larger frame are copied and given back at once.
 */
class RingReader implements ChannelReader {
  readonly #words: RingWords;
  readonly #pages: readonly RingPage[];
  readonly #frame: FrameReader;
  readonly #notify: () => void;
  /** Pages since the start; also what CONSUMED holds, mod 2^32. */
  #consumedCount = 0;
  /** The current frame lies in the ring. */
  #holdsPage = false;
  /** Parts of a frame that is not complete yet. */
  #parts: ByteWriter | undefined = undefined;
  #bytesRead = 0;

  constructor(ring: SharedArrayBuffer, options: RingReaderOptions) {
    this.#words = new RingWords(ring);
    this.#pages = ringPages(ring, options.pageBytes ?? PAGE_BYTES);
    this.#frame = new FrameReader(options.strings);
    this.#notify = options.notify;
  }

  get isEmpty(): boolean {
    return this.#frame.isAtEnd && this.#words.available(this.#consumedCount) === 0;
  }

  get bytesRead(): number {
    return this.#bytesRead;
  }

  get announcedBarrier(): number {
    const announced = this.#words.announcedBarrier;
    return announced > this.#frame.lastBarrier ? announced : 0;
  }

  poll(handler: ElementHandler, limit: number): number {
    let count = 0;
    while (count < limit && (!this.#frame.isAtEnd || this.#openFrame())) {
      count++;
      if (!this.#frame.next(handler)) break;
    }
    // Now, not with the next poll: a producer with a half-filled page waits for the ring to be empty.
    if (this.#frame.isAtEnd) this.#closeFrame();
    return count;
  }

  /** False when there is no complete frame. */
  #openFrame(): boolean {
    this.#closeFrame();
    while (this.#words.available(this.#consumedCount) > 0) {
      const page = must(this.#pages[this.#consumedCount % this.#pages.length], 'page of the ring');
      if (this.#parts === undefined && !page.goesOn) {
        this.#bytesRead += page.partBytes;
        this.#holdsPage = true;
        this.#frame.open(page.payload, page.view);
        return true;
      }
      if (this.#takePart(page)) return true;
    }
    return false;
  }

  /** True when the frame is complete and open. */
  #takePart(page: RingPage): boolean {
    const parts = (this.#parts ??= new ByteWriter(2 * page.partBytes));
    parts.raw(page.payload.subarray(0, page.partBytes));
    this.#bytesRead += page.partBytes;
    const { goesOn } = page;
    this.#giveBackPage();
    if (goesOn) return false;
    this.#parts = undefined;
    this.#frame.open(parts.bytes, parts.view);
    return true;
  }

  #closeFrame(): void {
    this.#frame.close();
    if (!this.#holdsPage) return;
    this.#holdsPage = false;
    this.#giveBackPage();
  }

  #giveBackPage(): void {
    this.#consumedCount++;
    this.#words.giveBack(this.#consumedCount);
    this.#notify();
  }
}
