/**
 * One simulated slot thread. It sleeps when every one of its subtasks has had a step without result since the last thing that
 * happened, and is woken as a real one: by a letter, by a doorbell, or by the clock. So a wake-up that the engine forgets shows
 * as a job that does not go on.
 */
import { must } from '../../base/assert.ts';
import type { TimerHandle } from '../../base/environment.ts';
import type { Slot } from '../../task/slot.ts';
import type { StepResult } from '../../task/subtask.ts';
import type { SimRandom } from './sim-random.ts';
import type { SimTrace } from './sim-trace.ts';
import type { SimProcess, SimWorld } from './sim-world.ts';

/** As in the real loop: a guard against a lost wake-up. */
const SLEEP_MS_MAX = 60_000;
/** Until a slot that writes a snapshot looks again whether the disk has caught up. */
const BACKGROUND_LOOK_MS = 0.3;

export interface SimSlotOptions {
  readonly world: SimWorld;
  readonly trace: SimTrace;
  readonly random: SimRandom;
  readonly thread: SimProcess;
  /** For the trace. */
  readonly name: string;
  /** An error that belongs to no subtask. */
  readonly onBroken: (error: unknown) => void;
}

export class SimSlot {
  readonly thread: SimProcess;
  readonly #options: SimSlotOptions;
  /** Subtasks without progress since the slot was woken. */
  readonly #quiet = new Set<number>();
  #slot: Slot | undefined;
  #isAsleep = false;
  #isStopped = false;
  #alarm: TimerHandle | undefined;

  constructor(options: SimSlotOptions) {
    this.#options = options;
    this.thread = options.thread;
  }

  /** The slot is put together with this object's `wakeUp` among its parts. */
  serve(slot: Slot): void {
    this.#slot = slot;
  }

  get slot(): Slot {
    return must(this.#slot, 'slot of a thread');
  }

  get isRunnable(): boolean {
    return this.#slot !== undefined && !this.#isStopped && !this.#isAsleep && this.thread.isRunning;
  }

  get isOver(): boolean {
    return this.#isStopped || this.thread.isDead;
  }

  wakeUp(): void {
    this.#quiet.clear();
    this.#isAsleep = false;
    this.#alarm?.cancel();
  }

  /** No more rounds; before the subtasks are closed. */
  stop(): void {
    this.#isStopped = true;
    this.#alarm?.cancel();
  }

  async close(): Promise<void> {
    await this.#slot?.close();
  }

  /** A part of a round: a few steps of drawn subtasks, with nothing in between. */
  run(): void {
    const { world, random, onBroken } = this.#options;
    world.enter(this.thread);
    try {
      for (let steps = 1 + random.nextInt(4); steps > 0 && !this.#isAsleep && !this.#isStopped; steps--) this.#step();
    } catch (error) {
      this.stop();
      onBroken(error);
    }
  }

  #step(): void {
    const { random, trace, name } = this.#options;
    const { subtasks } = this.slot;
    const index = random.nextInt(subtasks.length);
    const result = this.slot.step(index);
    trace.note('step', name, index, result);
    this.#account(index, result);
  }

  #account(index: number, result: StepResult): void {
    if (result === 'progress') return this.#quiet.clear();
    this.#quiet.add(index);
    if (this.#quiet.size === this.slot.subtasks.length) this.#fallAsleep();
  }

  #fallAsleep(): void {
    const { world } = this.#options;
    this.#isAsleep = true;
    const isBusyInBackground = this.slot.subtasks.some((subtask) => subtask.isBusyInBackground);
    const nextWakeUpMs = Math.min(...this.slot.subtasks.map((subtask) => subtask.nextWakeUpMs));
    const delayMs = Math.min(SLEEP_MS_MAX, Math.max(0, nextWakeUpMs - this.thread.clock.nowMs()));
    this.#alarm = world.plan(this.thread, isBusyInBackground ? BACKGROUND_LOOK_MS : delayMs, () => this.wakeUp());
  }
}
