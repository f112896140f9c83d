/**
 * Signs of life of a slot's thread, in shared memory: written by the thread, read by the main thread's health watch.
 *
 *   word 0   counts rounds and ticks of a timer in the thread: unchanged means that the thread is inside one call
 *   word 1   index of the subtask that is stepped (in the order of the slot's deployment), -1 outside of steps
 */
const COUNT = 0;
const SUBTASK = 1;
const WORDS = 2;

export const HEARTBEAT_BYTES: number = WORDS * Int32Array.BYTES_PER_ELEMENT;
export const OUTSIDE_OF_STEPS = -1;

export class Heartbeat {
  readonly #words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  beat(): void {
    Atomics.add(this.#words, COUNT, 1);
  }

  enterSubtask(index: number): void {
    Atomics.store(this.#words, SUBTASK, index);
  }

  leaveSubtasks(): void {
    Atomics.store(this.#words, SUBTASK, OUTSIDE_OF_STEPS);
  }

  read(): { readonly count: number; readonly subtaskIndex: number } {
    return { count: Atomics.load(this.#words, COUNT), subtaskIndex: Atomics.load(this.#words, SUBTASK) };
  }
}
