/**
 * Letters for one subtask: control messages and results of I/O, taken in order at the start of its next step. Callbacks of I/O
 * do nothing but post. The bound is a guard against a sender gone wild, not a flow control: what posts here is limited by what
 * the subtask itself asked for (a checkpoint, a split, a commit).
 */
import { assert } from '../base/assert.ts';

export const MAILBOX_LETTERS_MAX = 10_000;

export class Mailbox {
  #letters: (() => void)[] = [];
  readonly #wakeUp: () => void;

  /** @param wakeUp asks for a step of the subtask */
  constructor(wakeUp: () => void) {
    this.#wakeUp = wakeUp;
  }

  get isEmpty(): boolean {
    return this.#letters.length === 0;
  }

  post(letter: () => void): void {
    assert(
      this.#letters.length < MAILBOX_LETTERS_MAX,
      () => `More than ${MAILBOX_LETTERS_MAX} letters wait in a mailbox`,
    );
    this.#letters.push(letter);
    this.#wakeUp();
  }

  /** Runs what is there now; letters posted meanwhile wait for the next step. Returns how many ran. */
  drain(): number {
    if (this.#letters.length === 0) return 0;
    const letters = this.#letters;
    this.#letters = [];
    for (const letter of letters) letter();
    return letters.length;
  }
}
