/**
 * Wakes a sleeping slot: two words in shared memory, one sleeper, any number of ringers.
 *
 *   word 0   bell: counts the rings that found the slot asleep
 *   word 1   1 while the slot sleeps or is about to
 *
 * Rule of order. The sleeper: (1) sets the flag and reads the bell: `prepareSleep`; (2) looks once more at everything that could
 * be work: its rings, its overflow, what it has not flushed; (3) waits for the bell to differ from what it read: `waitAsync`.
 * A ringer: (1) makes its work visible (an atomic store into a ring); (2) reads the flag: `ring`. Both sides store first and
 * load afterwards, in one total order, so at least one of them sees the other: either the sleeper finds the work in its step
 * 2, or the ringer finds the flag and moves the bell. A ring costs one load as long as the slot is awake.
 */
import { assert } from '../base/assert.ts';

const BELL = 0;
const IS_SLEEPING = 1;

export const DOORBELL_WORDS = 2;

export class Doorbell {
  readonly #words: Int32Array;
  /**
   * There is one outstanding wait of this thread: it is kept when the slot wakes for another reason, and used for its next sleep.
   * What it settles is only the sleep of the moment, so that sleeps that ended otherwise leave nothing behind.
   */
  #isWaiting = false;
  #settleSleep: (() => void) | undefined;

  /** @param words DOORBELL_WORDS words on a SharedArrayBuffer, zero at first; each side makes its own Doorbell over them */
  constructor(words: Int32Array) {
    assert(words.length >= DOORBELL_WORDS, 'A doorbell on too few words');
    this.#words = words;
  }

  /** From any thread, after the work is visible. */
  ring(): void {
    if (Atomics.load(this.#words, IS_SLEEPING) === 0) return;
    Atomics.add(this.#words, BELL, 1);
    Atomics.notify(this.#words, BELL);
  }

  /** Sleeper, step 1. Returns what `waitAsync` wants. */
  prepareSleep(): number {
    Atomics.store(this.#words, IS_SLEEPING, 1);
    return Atomics.load(this.#words, BELL);
  }

  /**
   * Sleeper, step 3: settles when the bell rings, never once `endSleep` was called; undefined when it has rung since
   * `prepareSleep`. Does not keep the event loop alive: the host holds a referenced handle meanwhile.
   */
  waitAsync(seen: number): Promise<void> | undefined {
    if (Atomics.load(this.#words, BELL) !== seen) return undefined;
    if (!this.#isWaiting && !this.#startWait(seen)) return undefined;
    return new Promise((resolve) => {
      this.#settleSleep = resolve;
    });
  }

  /** Sleeper, awake for whatever reason, or when step 2 found work: ringers need not ring any more. */
  endSleep(): void {
    this.#settleSleep = undefined;
    Atomics.store(this.#words, IS_SLEEPING, 0);
  }

  /** False when the bell has rung meanwhile. */
  #startWait(seen: number): boolean {
    const wait = Atomics.waitAsync(this.#words, BELL, seen);
    if (!wait.async) return false;
    this.#isWaiting = true;
    void wait.value.then(() => {
      this.#isWaiting = false;
      this.#settleSleep?.();
    });
    return true;
  }
}
