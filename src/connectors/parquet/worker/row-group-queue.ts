/**
 * Runs decodings: one row group after the other is decoded, in the order of the requests; its batches are then handed out as
 * long as the reader has room (BATCHES_AHEAD). The same on either side of a thread.
 */
import { BATCHES_AHEAD } from '../parquet-decoder.ts';
import type { RowGroupDecoding, RowGroupListener, RowGroupRequest } from '../parquet-decoder.ts';
import type { OpenForReading } from '../parquet-file.ts';
import { decodeRowGroup } from './decode-row-group.ts';
import type { DecodedRowGroup } from './decode-row-group.ts';
import { FooterCache } from './footer-cache.ts';

export class RowGroupQueue {
  readonly #openForReading: OpenForReading;
  readonly #footers: FooterCache = new FooterCache();
  #last: Promise<void> = Promise.resolve();

  constructor(openForReading: OpenForReading) {
    this.#openForReading = openForReading;
  }

  add(request: RowGroupRequest, listener: RowGroupListener): RowGroupDecoding {
    const decoding = new Decoding(listener);
    this.#last = this.#last.then(async () => {
      if (decoding.isClosed) return;
      try {
        decoding.begin(await decodeRowGroup(request, this.#openForReading, this.#footers));
      } catch (error) {
        decoding.fail(error);
      }
    });
    return decoding;
  }

  /** Settles when nothing is being decoded. */
  idle(): Promise<void> {
    return this.#last;
  }
}

class Decoding implements RowGroupDecoding {
  readonly #listener: RowGroupListener;
  #rowGroup: DecodedRowGroup | undefined;
  /** Batches that may still be sent. */
  #room = BATCHES_AHEAD;
  isClosed = false;

  constructor(listener: RowGroupListener) {
    this.#listener = listener;
  }

  begin(rowGroup: DecodedRowGroup): void {
    this.#rowGroup = rowGroup;
    this.#send();
  }

  release(): void {
    this.#room++;
    try {
      this.#send();
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    if (this.isClosed) return;
    this.close();
    this.#listener.onError(error);
  }

  close(): void {
    this.isClosed = true;
    this.#rowGroup = undefined;
  }

  #send(): void {
    while (this.#rowGroup !== undefined && this.#room > 0) {
      const batch = this.#rowGroup.nextBatch();
      if (batch === undefined) {
        const { storedBytes } = this.#rowGroup;
        this.#rowGroup = undefined;
        this.#listener.onEnd(storedBytes);
        return;
      }
      this.#room--;
      this.#listener.onBatch(batch);
    }
  }
}
