import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** Writes to a file descriptor before `write` returns, from any thread. */
export function synchronousStream(descriptor: number): Writable {
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      writeFully(descriptor, chunk);
      done();
    },
  });
}

const EAGAIN_RETRIES_MAX = 1_000_000;

export function writeFully(descriptor: number, whole: Uint8Array): void {
  let bytes = whole;
  for (let retries = 0; bytes.length > 0 && retries < EAGAIN_RETRIES_MAX; retries++) {
    try {
      bytes = bytes.subarray(writeSync(descriptor, bytes));
    } catch (error) {
      // A pipe whose reader is slow: the descriptor may be non-blocking.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}
