import { MillraceError } from '../../base/errors.ts';
import type { KeyedStateBackend, Namespace } from '../../base/keyed-state.ts';
import { copyValue } from '../../codec/copy-value.ts';
import { isSameValue } from './same-value.ts';

interface HandedOut {
  readonly value: unknown;
  readonly copy: unknown;
}

/**
 * Finds values of one state that were changed in place and not put back. What is handed out is compared, when the state is next
 * used for another key, with the copy made then. A change under the last key is not found.
 */
export class MutationGuard {
  readonly #stateName: string;
  readonly #backend: KeyedStateBackend;
  readonly #handedOut = new Map<unknown, HandedOut>();
  /** What the values were handed out for. */
  #key: unknown;
  #namespace: Namespace | undefined;

  constructor(stateName: string, backend: KeyedStateBackend) {
    this.#stateName = stateName;
    this.#backend = backend;
  }

  handOut(value: unknown, slot: unknown): void {
    if (typeof value !== 'object' || value === null || this.#handedOut.has(slot)) return;
    this.#handedOut.set(slot, { value, copy: copyValue(value) });
  }

  settle(slot: unknown): void {
    this.#handedOut.delete(slot);
  }

  settleAll(): void {
    this.#handedOut.clear();
  }

  /** At the begin of each access: throws VALUE_MUTATED when it is for another key or namespace than what was changed. */
  enter(namespace: Namespace): void {
    const key = this.#backend.currentKey;
    if (Object.is(key, this.#key) && namespace === this.#namespace) return;
    this.#key = key;
    this.#namespace = namespace;
    const values = [...this.#handedOut.values()];
    this.#handedOut.clear();
    if (values.every(({ value, copy }) => isSameValue(value, copy))) return;
    throw new MillraceError(
      'VALUE_MUTATED',
      `Using state '${this.#stateName}' failed: a value of it was changed in place and not put back`,
    );
  }
}
