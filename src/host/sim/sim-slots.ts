import type { SimSlot } from './sim-slot.ts';

/** All slots that may run, of all processes. */
export class SimSlots {
  readonly #slots = new Set<SimSlot>();

  add(slot: SimSlot): void {
    this.#slots.add(slot);
  }

  runnable(): readonly SimSlot[] {
    const runnable: SimSlot[] = [];
    for (const slot of this.#slots) {
      if (slot.isOver) this.#slots.delete(slot);
      else if (slot.isRunnable) runnable.push(slot);
    }
    return runnable;
  }
}
