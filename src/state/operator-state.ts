import { assert } from '../base/assert.ts';
import { MillraceError } from '../base/errors.ts';
import type { ListStateHandle, OperatorStateStore } from '../base/operator-state.ts';
import type { ListStateSnapshot, RedistributionMode } from '../base/state-handle.ts';
import type { StringBytes } from '../base/string-bytes.ts';
import { decodeValue, encodeValue } from '../codec/encode-value.ts';

export interface OperatorStateBackendOptions {
  readonly strings: StringBytes;
  /** The operator's lists as dealt out to this subtask; undefined when the checkpoint does not have the operator. */
  readonly restored: readonly ListStateSnapshot[] | undefined;
}

/**
 * Operator state of one operator of one subtask. Restored lists that the operator has not asked for yet stay encoded, and go
 * into every snapshot as they are.
 */
export class OperatorStateBackend implements OperatorStateStore {
  readonly isRestored: boolean;
  readonly #strings: StringBytes;
  readonly #unclaimed = new Map<string, ListStateSnapshot>();
  readonly #lists = new Map<string, OperatorListState>();

  constructor({ strings, restored }: OperatorStateBackendOptions) {
    this.#strings = strings;
    this.isRestored = restored !== undefined;
    for (const list of restored ?? []) {
      assert(!this.#unclaimed.has(list.name), () => `Operator state '${list.name}' is restored twice`);
      this.#unclaimed.set(list.name, list);
    }
  }

  /** Throws STATE_INCOMPATIBLE when the restored list of that name has another mode. */
  listState<T>(name: string, mode: RedistributionMode): ListStateHandle<T> {
    const list = this.#lists.get(name) ?? this.#declare(name, mode);
    assert(list.mode === mode, () => `Operator state '${name}' is asked for with mode ${mode}, but has ${list.mode}`);
    // The name stands for one type of elements, which only the operator knows.
    return list as ListStateHandle<unknown> as ListStateHandle<T>;
  }

  /** Encodes at once: elements may change afterwards. Throws VALUE_NOT_SERIALIZABLE. */
  snapshot(): readonly ListStateSnapshot[] {
    const declared = [...this.#lists].map(([name, { mode, elements }]) => ({
      name,
      mode,
      elements: elements.map((element) => encodeValue(this.#strings, element)),
    }));
    return [...declared, ...this.#unclaimed.values()];
  }

  #declare(name: string, mode: RedistributionMode): OperatorListState {
    const restored = this.#unclaimed.get(name);
    if (restored !== undefined && restored.mode !== mode) {
      throw new MillraceError(
        'STATE_INCOMPATIBLE',
        `Restoring operator state '${name}' failed: its mode was ${restored.mode}, now it is ${mode}`,
      );
    }
    const elements = (restored?.elements ?? []).map((bytes) => decodeValue(this.#strings, bytes));
    const list = new OperatorListState(mode, elements);
    this.#unclaimed.delete(name);
    this.#lists.set(name, list);
    return list;
  }
}

class OperatorListState implements ListStateHandle<unknown> {
  readonly mode: RedistributionMode;
  elements: readonly unknown[];

  constructor(mode: RedistributionMode, elements: readonly unknown[]) {
    this.mode = mode;
    this.elements = elements;
  }

  get(): readonly unknown[] {
    return this.elements;
  }

  update(elements: readonly unknown[]): void {
    this.elements = elements;
  }
}
