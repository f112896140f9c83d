/**
 * The main thread's end of one slot's thread. A thread serves many attempts; when it dies, by itself or because it was stuck, the
 * next deployment starts another one in its place.
 */
import { Worker } from 'node:worker_threads';
import { fromErrorRecord, messageOf, MillraceError, revivedError, withContext } from '../../base/errors.ts';
import { fileErrorCode } from '../../base/files.ts';
import { Heartbeat, HEARTBEAT_BYTES } from './heartbeat.ts';
import type { FromSlotThread, ThreadData, ToSlotThread } from './thread-messages.ts';

/** The entry beside this file: .ts from sources, .js when built. */
const ENTRY = new URL(`./slot-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

export interface SlotThreadOptions {
  readonly data: Omit<ThreadData, 'heartbeat'>;
  /** V8's limit for the old generation, MB. */
  readonly heapLimitMb: number;
  /** process.env as it was at the start of the run: the same for every thread, also for one that replaces another later. */
  readonly env: NodeJS.ProcessEnv;
}

export interface SlotThreadListener {
  onMessage(message: FromSlotThread): void;
  /** The thread is gone; called once. */
  onDied(error: MillraceError): void;
}

/** A slot's thread as an attempt uses it. */
export interface SlotThread {
  readonly slotIndex: number;
  readonly isAlive: boolean;
  /** From now on messages go here; at once the news of its death, if it has died before. */
  listen(listener: SlotThreadListener): void;
  /** To a thread that is dead: nothing. */
  send(message: ToSlotThread): void;
  /** Ends the thread whatever it does, also in an endless loop; it counts as dead with this error. */
  end(error: MillraceError): Promise<void>;
}

export class SlotThreadHandle implements SlotThread {
  readonly slotIndex: number;
  readonly heartbeat: Heartbeat;
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  #listener: SlotThreadListener | undefined;
  #death: MillraceError | undefined;

  constructor({ data, heapLimitMb, env }: SlotThreadOptions) {
    this.slotIndex = data.slotIndex;
    const heartbeat = new SharedArrayBuffer(HEARTBEAT_BYTES);
    this.heartbeat = new Heartbeat(heartbeat);
    const threadData: ThreadData = { ...data, heartbeat };
    this.#worker = new Worker(ENTRY, {
      workerData: threadData,
      env,
      name: `slot-${data.slotIndex}`,
      resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
    });
    this.ready = new Promise((resolve, reject) => {
      this.#listener = {
        onMessage: (message) => {
          if (message.kind === 'ready') resolve();
          else if (message.kind === 'fatal') this.#refused(fromErrorRecord(message.error), reject);
        },
        onDied: reject,
      };
    });
    this.#worker.on('message', (message: FromSlotThread) => this.#listener?.onMessage(message));
    this.#worker.on('error', (error) => this.#died(threadError(this.slotIndex, error)));
    this.#worker.on('exit', (code) => this.#died(exitError(this.slotIndex, code)));
  }

  get isAlive(): boolean {
    return this.#death === undefined;
  }

  listen(listener: SlotThreadListener): void {
    this.#listener = listener;
    if (this.#death !== undefined) listener.onDied(this.#death);
  }

  send(message: ToSlotThread): void {
    if (this.isAlive) this.#worker.postMessage(message);
  }

  async end(error: MillraceError): Promise<void> {
    this.#died(error);
    await this.#worker.terminate();
  }

  /** The job's module does not load here: the thread is of no use, and the next deployment starts another one. */
  #refused(error: Error, reject: (error: Error) => void): void {
    reject(error);
    void this.end(withContext(error, { subtaskIndex: this.slotIndex }, 'TASK_THREAD_DIED'));
  }

  #died(error: MillraceError): void {
    if (this.#death !== undefined) return;
    this.#death = error;
    this.#listener?.onDied(error);
  }
}

function threadError(slotIndex: number, error: unknown): MillraceError {
  if (fileErrorCode(error) === 'ERR_WORKER_OUT_OF_MEMORY') {
    const message = `Slot ${slotIndex} ran out of memory: its heap limit was reached faster than the memory watch could see`;
    return new MillraceError('MEMORY_BUDGET_EXCEEDED', message, { cause: error });
  }
  const revived = revivedError(error);
  if (revived !== undefined) return withContext(revived, { subtaskIndex: slotIndex }, revived.code);
  const message = `Thread of slot ${slotIndex} ended with an error that nothing caught: ${messageOf(error)}`;
  return new MillraceError('TASK_THREAD_DIED', message, { cause: error });
}

function exitError(slotIndex: number, code: number): MillraceError {
  return new MillraceError('TASK_THREAD_DIED', `Thread of slot ${slotIndex} ended by itself with exit code ${code}`);
}
