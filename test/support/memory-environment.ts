/** An environment in memory for tests of connectors: a simulated disk, a clock that stands still until it is moved, output kept. */
import type { Environment, Logger, TimerHandle } from '../../src/base/environment.ts';
import { nodeEnvironment } from '../../src/host/node/node-environment.ts';
import { SimFiles } from '../../src/host/sim/sim-files.ts';

export { SimFiles } from '../../src/host/sim/sim-files.ts';
export type { SimFileOperation } from '../../src/host/sim/sim-files.ts';

export interface MemoryEnvironment extends Environment {
  readonly files: SimFiles;
  /** What was written to standard output and error, and to the log. */
  readonly out: string[];
  readonly err: string[];
  readonly logged: string[];
  /** Moves the clock and runs what is due by then. */
  advance(byMs: number): void;
}

interface Timer {
  readonly atMs: number;
  readonly action: () => void;
}

const START_MS = 1_000_000;

export function memoryEnvironment(files: SimFiles = new SimFiles()): MemoryEnvironment {
  const out: string[] = [];
  const err: string[] = [];
  const logged: string[] = [];
  let nowMs = START_MS;
  let timers: readonly Timer[] = [];
  const logger: Logger = { log: (_level, message) => void logged.push(message), with: () => logger };
  const after = (delayMs: number, action: () => void): TimerHandle => {
    const timer = { atMs: nowMs + delayMs, action };
    timers = [...timers, timer];
    return { cancel: () => void (timers = timers.filter((other) => other !== timer)) };
  };
  const advance = (byMs: number): void => {
    nowMs += byMs;
    const due = timers.filter(({ atMs }) => atMs <= nowMs);
    timers = timers.filter((timer) => !due.includes(timer));
    for (const { action } of due) action();
  };
  return {
    ...nodeEnvironment(logger),
    clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
    random: { next: () => 0.5, nextInt: (bound) => bound >> 1 },
    timers: { after },
    streams: { writeOut: (text) => void out.push(text), writeErr: (text) => void err.push(text) },
    helperThreads: false,
    files,
    out,
    err,
    logged,
    advance,
  };
}
