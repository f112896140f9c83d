/** An environment whose time passes only when a test says so. Timers run in the order of their time, each at its own time. */
import type { Environment, LogLevel, Logger, TimerHandle } from '../../src/base/environment.ts';
import { nodeEnvironment } from '../../src/host/node/node-environment.ts';

interface Timer {
  readonly atMs: number;
  readonly action: () => void;
}

export interface LoggedLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const START_MS = 1_000_000;
/** Promises that settle each other: more than any chain of them that a test waits for. */
const TURNS = 50;

export class VirtualEnvironment {
  readonly environment: Environment;
  readonly logged: LoggedLine[] = [];
  #nowMs = START_MS;
  #timers: readonly Timer[] = [];

  constructor() {
    this.environment = {
      ...nodeEnvironment(this.#logger({})),
      clock: { nowMs: () => this.#nowMs, monotonicMs: () => this.#nowMs - START_MS },
      random: { next: () => 0.5, nextInt: (bound) => bound >> 1 },
      timers: { after: (delayMs, action) => this.#after(delayMs, action) },
      helperThreads: false,
    };
  }

  get openTimers(): number {
    return this.#timers.length;
  }

  /** Lets everything run that waits for promises alone, files included. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** Lets time pass; what promises do in between is done before the next timer runs. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await this.settle();
    for (let timer = this.#next(untilMs); timer !== undefined; timer = this.#next(untilMs)) {
      this.#timers = this.#timers.filter((other) => other !== timer);
      this.#nowMs = timer.atMs;
      timer.action();
      await this.settle();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Timer | undefined {
    return this.#timers.toSorted((a, b) => a.atMs - b.atMs).find(({ atMs }) => atMs <= untilMs);
  }

  #after(delayMs: number, action: () => void): TimerHandle {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), action };
    this.#timers = [...this.#timers, timer];
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  #logger(bound: Readonly<Record<string, unknown>>): Logger {
    return {
      log: (level, message, fields = {}) => void this.logged.push({ level, message, fields: { ...bound, ...fields } }),
      with: (fields) => this.#logger({ ...bound, ...fields }),
    };
  }
}
