/**
 * The slot's side of the helper thread. Each thread that reads Parquet has one helper, shared by its readers: started by the
 * first decoding, ended when the last reader is closed. Messages come in the order in which they were sent.
 */
import { Worker } from 'node:worker_threads';
import { MillraceError, fromErrorRecord, messageOf } from '../../../base/errors.ts';
import type { ParquetDecoder, RowGroupDecoding, RowGroupListener, RowGroupRequest } from '../parquet-decoder.ts';
import type { FromHelper, ToHelper } from './messages.ts';

/** Compiled, the entry ends in .js as this file does. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './decoder-thread.ts' : './decoder-thread.js', import.meta.url);

class Helper {
  readonly #worker: Worker;
  readonly #listeners: Map<number, RowGroupListener> = new Map();
  #lastId = 0;
  #isDead = false;

  constructor() {
    // The entry may be TypeScript and resolves imports as this thread does: options of the process are inherited.
    this.#worker = new Worker(ENTRY, { name: 'parquet-decoder' });
    // A job that waits for batches holds its process up by itself.
    this.#worker.unref();
    this.#worker.on('message', (message: FromHelper) => this.#onMessage(message));
    this.#worker.on('error', (error) => this.#onDeath(error));
    this.#worker.on('exit', (code) => this.#onDeath(new Error(`exit code ${code}`)));
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  decode(request: RowGroupRequest, listener: RowGroupListener): RowGroupDecoding {
    const id = ++this.#lastId;
    this.#listeners.set(id, listener);
    this.#send({ kind: 'decode', id, request });
    return {
      release: () => this.#send({ kind: 'release', id }),
      close: () => {
        if (this.#listeners.delete(id)) this.#send({ kind: 'close', id });
      },
    };
  }

  async end(): Promise<void> {
    this.#listeners.clear();
    await this.#worker.terminate();
  }

  #send(message: ToHelper): void {
    this.#worker.postMessage(message);
  }

  #onMessage(message: FromHelper): void {
    const listener = this.#listeners.get(message.id);
    if (message.kind !== 'batch') this.#listeners.delete(message.id);
    switch (message.kind) {
      case 'batch':
        return listener?.onBatch(message.batch);
      case 'end':
        return listener?.onEnd(message.storedBytes);
      case 'error':
        return listener?.onError(fromErrorRecord(message.error));
    }
  }

  /** Settles everything that waits for it: out of memory, or a fault of the decoder. */
  #onDeath(cause: unknown): void {
    this.#isDead = true;
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    for (const listener of listeners) {
      const message = `Decoding Parquet failed: the helper thread ended (${messageOf(cause)})`;
      listener.onError(new MillraceError('TASK_THREAD_DIED', message, { cause }));
    }
  }
}

let shared: Helper | undefined;
let userCount = 0;

/** Reads files itself: the environment of a host with helper threads is the real one. */
export function openDecoder(): ParquetDecoder {
  userCount++;
  let isOpen = true;
  return {
    decode: (request, listener) => {
      if (shared === undefined || shared.isDead) shared = new Helper();
      return shared.decode(request, listener);
    },
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      userCount--;
      if (userCount > 0 || shared === undefined) return;
      const helper = shared;
      shared = undefined;
      await helper.end();
    },
  };
}
