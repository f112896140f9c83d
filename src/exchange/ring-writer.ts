import { assert, must } from '../base/assert.ts';
import type { ChannelWriter } from '../base/channel.ts';
import type { ControlElement } from '../base/elements.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import type { StringBytes } from '../base/string-bytes.ts';
import type { ValueEncoder } from '../codec/value-encoder.ts';
import { FrameWriter } from './frame-writer.ts';
import { PAGE_BYTES, RingWords, ringPages } from './ring-layout.ts';
import type { RingPage } from './ring-layout.ts';

/** The barrier word holds an int32. */
const CHECKPOINT_ID_MAX = 2 ** 31 - 1;

export interface RingWriterOptions {
  readonly strings: StringBytes;
  /**
   * The producing subtask's encoder of this attempt. All channels of the subtask share its shapes; each channel defines a shape for
   * its own reader when it first needs it.
   */
  readonly encoder: ValueEncoder;
  /** Called after pages were published: rings the consumer's doorbell. */
  readonly notify: () => void;
  /** Default PAGE_BYTES. */
  readonly pageBytes?: number;
}

export function createRingWriter(ring: SharedArrayBuffer, options: RingWriterOptions): ChannelWriter {
  return new RingWriter(ring, options);
}

/**
 * The producer's end of a ring. Elements are gathered into a frame of about a page, in private memory. The frame is published when it
 * is full, or by `flush` when the consumer has run dry. So batches form while the consumer is busy, and a record waits for
 * nobody when it is not.
 *
 * A slot may sleep while `hasUnflushed` if it called `flush` after `prepareSleep` (doorbell.ts): the consumer gives back the last page
 * before it looks at the flag, so it either was seen to be dry or wakes the slot.
 */
class RingWriter implements ChannelWriter {
  readonly #words: RingWords;
  readonly #pages: readonly RingPage[];
  readonly #payloadBytes: number;
  readonly #frame: FrameWriter;
  readonly #notify: () => void;
  /** Pages since the start; also what PUBLISHED holds, mod 2^32. */
  #publishedCount = 0;
  /** Pages that were free when the consumer's count was last read, less those used since. */
  #knownFreePages: number;
  /** The frame goes out before it takes another element. */
  #isFrameFull = false;
  /** A frame larger than a page, or nothing, and how much of it is in the ring already. */
  #large: Uint8Array = new Uint8Array(0);
  #largeSent = 0;
  #framedBytes = 0;

  constructor(ring: SharedArrayBuffer, options: RingWriterOptions) {
    this.#words = new RingWords(ring);
    this.#pages = ringPages(ring, options.pageBytes ?? PAGE_BYTES);
    this.#payloadBytes = must(this.#pages[0], 'first page').payload.length;
    this.#knownFreePages = this.#pages.length;
    this.#frame = new FrameWriter(options.strings, options.encoder.shapes);
    this.#notify = options.notify;
  }

  offerRecord(value: unknown, timestampMs: EventTimeMs, keyGroup: number): boolean {
    if (!this.#hasRoom()) return false;
    this.#frame.writeRecord(value, timestampMs, keyGroup);
    this.#elementTaken();
    return true;
  }

  offerControl(element: ControlElement): boolean {
    if (!this.#hasRoom()) return false;
    this.#frame.writeControl(element);
    if (element.kind === 'barrier') {
      assert(element.checkpointId <= CHECKPOINT_ID_MAX, 'A checkpoint id beyond the barrier word');
      this.#words.announceBarrier(element.checkpointId);
    }
    this.#elementTaken();
    return true;
  }

  flush(): void {
    if (this.#frame.isEmpty && !this.#isSendingLarge) return;
    if (this.#sendLarge() && this.#words.outstanding(this.#publishedCount) === 0) this.#publishFrame();
  }

  get hasUnflushed(): boolean {
    return !this.#frame.isEmpty || this.#isSendingLarge;
  }

  get bytesWritten(): number {
    return this.#framedBytes + (this.#frame.isEmpty ? 0 : this.#frame.sizeBytes);
  }

  get #isSendingLarge(): boolean {
    return this.#largeSent < this.#large.length;
  }

  /** Room for one more element, of any size: it only goes into the frame. */
  #hasRoom(): boolean {
    return !this.#isFrameFull || this.#publishFrame();
  }

  #elementTaken(): void {
    this.#isFrameFull = this.#frame.isFullFor(this.#payloadBytes);
    if (this.#isFrameFull) this.#publishFrame();
  }

  /** True when the frame is out of the way. */
  #publishFrame(): boolean {
    if (this.#frame.isEmpty) return true;
    if (!this.#sendLarge() || !this.#hasFreePage()) return false;
    this.#frame.measure();
    const { sizeBytes } = this.#frame;
    this.#isFrameFull = false;
    this.#framedBytes += sizeBytes;
    if (sizeBytes <= this.#payloadBytes) {
      this.#frame.writeTo(this.#nextPage().payload);
      this.#publishPage(sizeBytes, false);
      this.#notify();
    } else {
      this.#large = new Uint8Array(sizeBytes);
      this.#largeSent = 0;
      this.#frame.writeTo(this.#large);
      this.#sendLarge();
    }
    return true;
  }

  /** Puts as much of a large frame into the ring as there is room for; true when all of it is in. */
  #sendLarge(): boolean {
    if (!this.#isSendingLarge) return true;
    const sentBefore = this.#largeSent;
    while (this.#isSendingLarge && this.#hasFreePage()) {
      const end = Math.min(this.#largeSent + this.#payloadBytes, this.#large.length);
      this.#nextPage().payload.set(this.#large.subarray(this.#largeSent, end));
      this.#publishPage(end - this.#largeSent, end < this.#large.length);
      this.#largeSent = end;
    }
    if (this.#largeSent > sentBefore) this.#notify();
    if (this.#isSendingLarge) return false;
    this.#large = new Uint8Array(0);
    this.#largeSent = 0;
    return true;
  }

  #hasFreePage(): boolean {
    if (this.#knownFreePages > 0) return true;
    this.#knownFreePages = this.#pages.length - this.#words.outstanding(this.#publishedCount);
    assert(this.#knownFreePages >= 0, 'A ring with more pages out than it has');
    return this.#knownFreePages > 0;
  }

  #nextPage(): RingPage {
    return must(this.#pages[this.#publishedCount % this.#pages.length], 'page of the ring');
  }

  #publishPage(partBytes: number, goesOn: boolean): void {
    this.#nextPage().seal(partBytes, goesOn);
    this.#publishedCount++;
    this.#knownFreePages--;
    this.#words.publish(this.#publishedCount);
  }
}
