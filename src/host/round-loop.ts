/**
 * Drives a slot: round after round while there is work, asleep otherwise. Rounds are separated by `setImmediate`, never by
 * microtasks, so that files, network and timers get their turn after each one.
 *
 * Going to sleep, in this order: set the sleeping flag → one more round, which looks at every channel again → wait. A producer in
 * another thread that published after our look sees the flag and rings (exchange/doorbell.ts). The timer that ends the
 * sleep is referenced: the wait on a doorbell alone does not keep the event loop alive.
 */
import type { RoundResult } from '../task/slot.ts';

/** What rings when another thread has work for this one; absent where all subtasks share the thread. */
export interface Bell {
  prepareSleep(): number;
  /** undefined: it has rung since `prepareSleep`. */
  waitAsync(seen: number): Promise<void> | undefined;
  endSleep(): void;
}

export interface RoundLoopOptions {
  readonly round: () => RoundResult;
  readonly nowMs: () => number;
  readonly bell: Bell | undefined;
  /** An error that no subtask could be blamed for: the loop has stopped. */
  readonly onError: (error: unknown) => void;
}

/** Also the longest sleep without a look: a guard against a lost wake-up, and below setTimeout's limit. */
const SLEEP_MS_MAX = 60_000;

export class RoundLoop {
  readonly #options: RoundLoopOptions;
  /** 'stopped' at first and for good after `stop`. */
  #state: 'stopped' | 'scheduled' | 'running' | 'asleep' = 'stopped';
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** A wake-up came while a round ran: there must be one more before sleep. */
  #isWanted = false;

  constructor(options: RoundLoopOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#state === 'stopped') this.#schedule();
  }

  /** From any callback of this thread. */
  wakeUp(): void {
    this.#isWanted = true;
    if (this.#state === 'asleep') this.#wake();
  }

  stop(): void {
    if (this.#state === 'asleep') this.#options.bell?.endSleep();
    clearTimeout(this.#timer);
    this.#state = 'stopped';
  }

  #schedule(): void {
    this.#state = 'scheduled';
    setImmediate(() => this.#run());
  }

  #run(): void {
    if (this.#state !== 'scheduled') return;
    this.#state = 'running';
    try {
      const { didWork } = this.#round();
      if (this.#state !== 'running') return;
      if (didWork || this.#isWanted) this.#schedule();
      else this.#fallAsleep();
    } catch (error) {
      this.stop();
      this.#options.onError(error);
    }
  }

  #round(): RoundResult {
    this.#isWanted = false;
    return this.#options.round();
  }

  #fallAsleep(): void {
    const { bell, nowMs } = this.#options;
    const seen = bell?.prepareSleep();
    const lastLook = this.#round();
    if (this.#state !== 'running') return bell?.endSleep();
    const ringing = seen === undefined ? undefined : bell?.waitAsync(seen);
    if (lastLook.didWork || this.#isWanted || (seen !== undefined && ringing === undefined)) {
      bell?.endSleep();
      this.#schedule();
      return;
    }
    this.#state = 'asleep';
    // Rounded up: a timer that is early would find nothing due.
    const delayMs = Math.min(SLEEP_MS_MAX, Math.max(0, Math.ceil(lastLook.nextWakeUpMs - nowMs())));
    this.#timer = setTimeout(() => this.#wake(), delayMs);
    void ringing?.then(() => this.#wake());
  }

  #wake(): void {
    if (this.#state !== 'asleep') return;
    clearTimeout(this.#timer);
    this.#options.bell?.endSleep();
    this.#schedule();
  }
}
