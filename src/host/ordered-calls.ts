/**
 * Puts calls off until the current call stack has unwound, in their order. Where slots and job master share a thread, a message
 * from inside a step must not reach back into the subtask that is being stepped.
 */
export class OrderedCalls {
  #queue: (() => void)[] = [];
  #isScheduled = false;
  #isClosed = false;

  add(call: () => void): void {
    if (this.#isClosed) return;
    this.#queue.push(call);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#run());
  }

  /** What is still queued is dropped, and so is what comes later. */
  close(): void {
    this.#isClosed = true;
    this.#queue = [];
  }

  #run(): void {
    this.#isScheduled = false;
    const calls = this.#queue;
    this.#queue = [];
    for (const call of calls) if (!this.#isClosed) call();
  }
}
