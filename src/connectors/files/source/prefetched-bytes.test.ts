import { describe, expect, it } from 'vitest';
import { turn } from '../../../../test/support/fake-source-job.ts';
import type { ByteStream } from './byte-stream.ts';
import { PrefetchedBytes } from './prefetched-bytes.ts';

const KIB = 1024;

/** A stream of equal chunks that counts what it was asked for. */
class CountingStream implements ByteStream {
  reads = 0;
  isClosed = false;
  isPastRange = false;
  readonly #chunkBytes: number;
  readonly #chunkCount: number;
  readonly #rangeChunks: number;

  constructor(options: { chunkBytes: number; chunkCount: number; rangeChunks?: number }) {
    this.#chunkBytes = options.chunkBytes;
    this.#chunkCount = options.chunkCount;
    this.#rangeChunks = options.rangeChunks ?? Number.POSITIVE_INFINITY;
  }

  read(): Promise<Uint8Array | undefined> {
    this.reads++;
    this.isPastRange = this.reads >= this.#rangeChunks;
    return Promise.resolve(this.reads > this.#chunkCount ? undefined : new Uint8Array(this.#chunkBytes));
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

function prefetch(stream: ByteStream, onError: (error: unknown) => void = () => {}): PrefetchedBytes {
  return new PrefetchedBytes({ open: () => Promise.resolve(stream), onBytes: () => {}, onError });
}

describe('PrefetchedBytes', () => {
  it('holds about 1 MiB and goes on when there is room', async () => {
    const stream = new CountingStream({ chunkBytes: 256 * KIB, chunkCount: 1000 });
    const bytes = prefetch(stream);
    await turn();
    expect(stream.reads).toBe(4);
    bytes.take();
    await turn();
    expect(stream.reads).toBe(5);
    await bytes.close();
  });

  it('bounds the number of tiny chunks', async () => {
    const stream = new CountingStream({ chunkBytes: 1, chunkCount: 1000 });
    const bytes = prefetch(stream);
    await turn();
    expect(stream.reads).toBe(64);
    await bytes.close();
  });

  it('reads past the range only what was asked for in vain', async () => {
    const stream = new CountingStream({ chunkBytes: 10, chunkCount: 1000, rangeChunks: 2 });
    const bytes = prefetch(stream);
    await turn();
    expect([stream.reads, bytes.isRangeFetched]).toEqual([2, true]);
    bytes.take();
    bytes.take();
    await turn();
    expect(stream.reads).toBe(2);
    expect(bytes.take()).toBeUndefined();
    await turn();
    expect(stream.reads).toBe(3);
    await bytes.close();
  });

  it('is drained when all was taken', async () => {
    const bytes = prefetch(new CountingStream({ chunkBytes: 10, chunkCount: 1 }));
    await turn();
    expect([bytes.isRangeFetched, bytes.isDrained]).toEqual([true, false]);
    expect(bytes.take()).toHaveLength(10);
    expect(bytes.isDrained).toBe(true);
    expect(bytes.take()).toBeUndefined();
    await bytes.close();
  });

  it('closes the stream, also while it waits for room', async () => {
    const stream = new CountingStream({ chunkBytes: 1024 * KIB, chunkCount: 1000 });
    const bytes = prefetch(stream);
    await turn();
    await bytes.close();
    await bytes.close();
    expect([stream.isClosed, stream.reads]).toEqual([true, 1]);
  });

  it('is silent after close: neither bytes nor errors', async () => {
    const failing: ByteStream = {
      isPastRange: false,
      read: () => turn().then(() => Promise.reject(new Error('late'))),
      close: () => Promise.resolve(),
    };
    const calls: unknown[] = [];
    const bytes = new PrefetchedBytes({
      open: () => Promise.resolve(failing),
      onBytes: () => calls.push('bytes'),
      onError: (error) => calls.push(error),
    });
    await bytes.close();
    expect(calls).toEqual([]);
  });

  it('hands on why it could not open or read', async () => {
    const errors: unknown[] = [];
    const reason = new Error('no disk');
    const bytes = new PrefetchedBytes({
      open: () => Promise.reject(reason),
      onBytes: () => {},
      onError: (error) => errors.push(error),
    });
    await turn();
    await bytes.close();
    expect(errors).toEqual([reason]);
  });
});
