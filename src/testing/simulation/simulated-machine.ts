/** The machine on which simulated processes run: time, disk, locks, and the threads that the scheduler draws from. */
import type { Logger, LogLevel } from '../../base/environment.ts';
import { SimLocks } from '../../host/sim/sim-locks.ts';
import type { SimFileOperation } from '../../host/sim/sim-files.ts';
import type { SimRandom } from '../../host/sim/sim-random.ts';
import { SimSlots } from '../../host/sim/sim-slots.ts';
import { SimStorage } from '../../host/sim/sim-storage.ts';
import { SimTrace } from '../../host/sim/sim-trace.ts';
import type { TracePart } from '../../host/sim/sim-trace.ts';
import { SimProcess, SimWorld } from '../../host/sim/sim-world.ts';
import type { VirtualGlobals } from './global-overrides.ts';

/** 2026-01-01T00:00:00Z: when every simulation begins. */
const EPOCH_MS = 1_767_225_600_000;

export interface SimulatedMachineOptions {
  readonly random: SimRandom;
  readonly onTrace: ((parts: readonly TracePart[]) => void) | undefined;
  readonly onFileEffect: (operation: SimFileOperation, path: string, process: SimProcess) => void;
  /** An error that some part of the engine has logged or caught. */
  readonly onLog: (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export class SimulatedMachine {
  readonly world: SimWorld = new SimWorld();
  readonly trace: SimTrace;
  readonly slots: SimSlots = new SimSlots();
  readonly storage: SimStorage;
  readonly locks: SimLocks;
  readonly #options: SimulatedMachineOptions;
  readonly #processes: SimProcess[] = [];
  readonly #userRandoms = new Map<SimProcess, SimRandom>();
  #clockOffsetMs = 0;

  constructor(options: SimulatedMachineOptions) {
    this.#options = options;
    this.trace = new SimTrace(options.onTrace);
    this.storage = new SimStorage({
      world: this.world,
      random: options.random.fork(),
      trace: this.trace,
      onEffect: options.onFileEffect,
    });
    this.locks = new SimLocks(this.storage.disk);
  }

  startProcess(): SimProcess {
    const process = new SimProcess(this.world, EPOCH_MS + this.#clockOffsetMs);
    this.#processes.push(process);
    return process;
  }

  /** The wall clock of the whole machine. */
  jumpClock(offsetMs: number): void {
    this.#clockOffsetMs += offsetMs;
    for (const process of this.#processes) process.jumpClock(offsetMs);
  }

  /** What code finds on the global object; undefined outside of simulated processes. */
  globals(): VirtualGlobals | undefined {
    const { world } = this;
    const process = world.current;
    if (process === undefined) return undefined;
    return {
      nowMs: () => process.clock.nowMs(),
      monotonicMs: () => process.clock.monotonicMs(),
      random: () => this.#userRandom(process).next(),
      after: (delayMs, action) => world.plan(process, delayMs, action),
    };
  }

  logger(name: string, fields: Readonly<Record<string, unknown>> = {}): Logger {
    return {
      log: (level, message, more = {}) => {
        this.trace.note('log', name, level, message);
        this.#options.onLog(level, message, { ...fields, ...more });
      },
      with: (more) => this.logger(name, { ...fields, ...more }),
    };
  }

  #userRandom(process: SimProcess): SimRandom {
    let random = this.#userRandoms.get(process);
    if (random === undefined) this.#userRandoms.set(process, (random = this.#options.random.fork()));
    return random;
  }
}
