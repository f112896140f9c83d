/** Entry of the helper thread: decodes what the slot's thread asks for. Ends when the slot's thread terminates it. */
import { open } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { must } from '../../../base/assert.ts';
import { toErrorRecord } from '../../../base/errors.ts';
import { buffersOf } from '../column-batch.ts';
import type { RowGroupDecoding } from '../parquet-decoder.ts';
import type { OpenForReading } from '../parquet-file.ts';
import type { FromHelper, ToHelper } from './messages.ts';
import { RowGroupQueue } from './row-group-queue.ts';

const port = must(parentPort, 'parent of the decoder thread');
const queue = new RowGroupQueue(openForReading);
const decodings = new Map<number, RowGroupDecoding>();

port.on('message', (message: ToHelper) => {
  switch (message.kind) {
    case 'decode':
      decodings.set(message.id, start(message.id, message.request));
      break;
    case 'release':
      decodings.get(message.id)?.release();
      break;
    case 'close':
      decodings.get(message.id)?.close();
      decodings.delete(message.id);
      break;
  }
});

function start(id: number, request: Extract<ToHelper, { kind: 'decode' }>['request']): RowGroupDecoding {
  return queue.add(request, {
    onBatch: (batch) => send({ kind: 'batch', id, batch }, buffersOf(batch)),
    onEnd: (storedBytes) => {
      decodings.delete(id);
      send({ kind: 'end', id, storedBytes });
    },
    onError: (error) => {
      decodings.delete(id);
      send({ kind: 'error', id, error: toErrorRecord(error) });
    },
  });
}

function send(message: FromHelper, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, [...transfer]);
}

async function openForReading(path: string): ReturnType<OpenForReading> {
  const handle = await open(path, 'r');
  return {
    read: async (position, length) => {
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    stat: async () => {
      const { size, mtimeMs } = await handle.stat();
      return { kind: 'file', sizeBytes: size, modifiedMs: mtimeMs };
    },
    close: () => handle.close(),
  };
}
