/**
 * Virtual time and the processes that live in it. Everything that happens later (a timer, an answer of the disk, a message) is an
 * action of some process, due at a virtual time. Time moves only when nothing is left to do at the present one, or when the
 * scheduler draws so; a process that is paused does nothing, one that was killed never does anything again.
 */
import { assert } from '../../base/assert.ts';
import type { Clock, TimerHandle, Timers } from '../../base/environment.ts';

interface Action {
  readonly dueMs: number;
  readonly sequence: number;
  readonly process: SimProcess;
  readonly run: () => void;
  /** False for answers of the disk and messages. */
  readonly isTimer: boolean;
}

const NOTHING: TimerHandle = { cancel: () => {} };

export class SimWorld {
  #nowMs = 0;
  #sequence = 0;
  #current: SimProcess | undefined;
  /** Sorted by (dueMs, sequence): actions of equal time run in the order in which they were made. */
  readonly #actions: Action[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Whose code runs: since the last `enter` or action, microtasks that followed included. */
  get current(): SimProcess | undefined {
    return this.#current;
  }

  /** @returns undefined when no living process has anything planned. Paused processes' actions wait. */
  get nextDueMs(): number | undefined {
    return this.#actions.find(({ process }) => process.isRunning)?.dueMs;
  }

  /** Code of this process runs from now on; until the next call. */
  enter(process: SimProcess | undefined): void {
    this.#current = process;
  }

  advanceTo(timeMs: number): void {
    assert(timeMs >= this.#nowMs, 'Virtual time goes back');
    this.#nowMs = timeMs;
  }

  /** Runs the first action that is due, of a running process. False when there is none. */
  runDue(): boolean {
    const index = this.#actions.findIndex(({ dueMs, process }) => dueMs <= this.#nowMs && process.isRunning);
    if (index < 0) return false;
    const [action] = this.#actions.splice(index, 1);
    this.#current = action?.process;
    action?.run();
    return true;
  }

  plan(process: SimProcess, delayMs: number, run: () => void): TimerHandle {
    return this.planAt(process, this.#nowMs + Math.max(0, delayMs), run);
  }

  planAt(process: SimProcess, dueMs: number, run: () => void, isTimer: boolean = false): TimerHandle {
    if (process.isDead) return NOTHING;
    const action: Action = { dueMs, sequence: this.#sequence++, process, run, isTimer };
    const position = this.#actions.findLastIndex(({ dueMs }) => dueMs <= action.dueMs) + 1;
    this.#actions.splice(position, 0, action);
    return {
      cancel: () => {
        const index = this.#actions.indexOf(action);
        if (index >= 0) this.#actions.splice(index, 1);
      },
    };
  }

  /** Timers of the process and its threads that have neither fired nor been canceled. */
  openTimers(process: SimProcess): number {
    return this.#actions.filter((action) => action.isTimer && action.process.isWithin(process)).length;
  }

  forget(process: SimProcess): void {
    for (let index = this.#actions.length - 1; index >= 0; index--) {
      if (this.#actions[index]?.process === process) this.#actions.splice(index, 1);
    }
  }
}

/** One operating-system process, or one of its threads: its timers and messages stop with it. */
export class SimProcess {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly #world: SimWorld;
  /** The process that a thread belongs to. */
  readonly #parent: SimProcess | undefined;
  readonly #threads: SimProcess[] = [];
  #state: 'running' | 'paused' | 'dead' = 'running';
  /** Jumps of the wall clock; the monotonic clock does not jump. */
  #clockOffsetMs: number;
  readonly #onDeath: (() => void)[] = [];

  constructor(world: SimWorld, epochMs: number, parent?: SimProcess) {
    this.#world = world;
    this.#parent = parent;
    this.#clockOffsetMs = epochMs;
    this.clock = parent?.clock ?? {
      nowMs: () => Math.floor(world.nowMs + this.#clockOffsetMs),
      monotonicMs: () => world.nowMs,
    };
    this.timers = {
      after: (delayMs, action) => world.planAt(this, world.nowMs + Math.max(0, delayMs), action, true),
    };
  }

  get isRunning(): boolean {
    return this.#state === 'running' && this.#parent?.isRunning !== false;
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  /** True for the process itself and its threads. */
  isWithin(process: SimProcess): boolean {
    return this === process || this.#parent?.isWithin(process) === true;
  }

  /** Has the clock of its process, is paused and dies with it, and may die before it. */
  startThread(): SimProcess {
    assert(this.#state !== 'dead', 'A dead process starts a thread');
    const thread = new SimProcess(this.#world, this.#clockOffsetMs, this);
    this.#threads.push(thread);
    return thread;
  }

  /** Settles after `delayMs` of virtual time, or never if the process dies. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#world.plan(this, delayMs, resolve));
  }

  /** SIGSTOP and SIGCONT. */
  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state === 'paused') this.#state = 'running';
  }

  /** SIGKILL. */
  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#world.forget(this);
    this.killThreads();
    for (const action of this.#onDeath) action();
  }

  killThreads(): void {
    for (const thread of this.#threads) thread.kill();
  }

  onDeath(action: () => void): void {
    this.#onDeath.push(action);
  }

  jumpClock(offsetMs: number): void {
    this.#clockOffsetMs += offsetMs;
  }
}
