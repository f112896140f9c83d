import { MillraceError } from '../../base/errors.ts';
import { copyValue } from '../../codec/copy-value.ts';
import { freezeValue } from '../../codec/freeze-value.ts';
import { isSameValue } from './same-value.ts';

interface HandedOut {
  /** What lies in the state. */
  readonly held: unknown;
  /** The copy that user code got. */
  readonly given: unknown;
}

/**
 * Finds values of one state that were changed and not put back, and values that were kept beyond the call: user code gets copies,
 * which are compared with what the state holds when the call ends, and frozen from then on.
 */
export class MutationGuard {
  readonly #stateName: string;
  /** By slot. */
  readonly #handedOut = new Map<unknown, HandedOut>();
  /** Copies that were put back during this call. */
  readonly #settled: unknown[] = [];

  constructor(stateName: string) {
    this.#stateName = stateName;
  }

  /** The same copy until the slot is settled. */
  handOut<T>(held: T, slot: unknown): T {
    if (typeof held !== 'object' || held === null) return held;
    const known = this.#handedOut.get(slot);
    // A copy of a T.
    if (known?.held === held) return known.given as T;
    const given = copyValue(held);
    this.#handedOut.set(slot, { held, given });
    return given;
  }

  /** The value of the slot was put back, replaced or removed. */
  settle(slot: unknown): void {
    const known = this.#handedOut.get(slot);
    if (known === undefined) return;
    this.#settled.push(known.given);
    this.#handedOut.delete(slot);
  }

  settleAll(): void {
    for (const slot of Array.from(this.#handedOut.keys())) this.settle(slot);
  }

  /** @throws VALUE_MUTATED */
  endCall(): void {
    const isUnchanged = [...this.#handedOut.values()].every(({ held, given }) => isSameValue(held, given));
    this.settleAll();
    for (const given of this.#settled.splice(0)) freezeValue(given);
    if (isUnchanged) return;
    throw new MillraceError(
      'VALUE_MUTATED',
      `Using state '${this.#stateName}' failed: a value of it was changed in place and not put back`,
    );
  }
}
