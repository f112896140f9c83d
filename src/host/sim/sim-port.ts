import type { SimRandom } from './sim-random.ts';
import type { SimProcess, SimWorld } from './sim-world.ts';

const DELAY_MS_MAX = 2;

/** One direction of a message channel between threads: what is sent arrives later, in order, after drawn delays. */
export class SimPort {
  readonly #world: SimWorld;
  readonly #receiver: SimProcess;
  readonly #random: SimRandom;
  #lastDueMs = 0;

  constructor(world: SimWorld, receiver: SimProcess, random: SimRandom) {
    this.#world = world;
    this.#receiver = receiver;
    this.#random = random;
  }

  /** `deliver` runs on the receiver's side, unless it has died. */
  send(deliver: () => void): void {
    const delayMs = this.#random.chance(0.5) ? 0 : this.#random.next() * DELAY_MS_MAX;
    this.#lastDueMs = Math.max(this.#lastDueMs, this.#world.nowMs + delayMs);
    this.#world.planAt(this.#receiver, this.#lastDueMs, deliver);
  }
}
