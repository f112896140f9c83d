import type { KeyGroupRange } from '../../base/keyed-state.ts';
import type { ListStateHandle, OperatorStateStore } from '../../base/operator-state.ts';
import type { KeyId } from '../../state/canonical-key.ts';

/** In checkpoints: of these key groups all windows that start up to this moment have fired. */
interface FiredRange {
  readonly kind: 'fired';
  readonly firstKeyGroup: number;
  readonly lastKeyGroup: number;
  readonly startMs: number;
}

/** In checkpoints: a firing was interrupted within this key group, and these keys have had their turn. */
interface InterruptedFiring {
  readonly kind: 'interrupted';
  readonly keyGroup: number;
  readonly startMs: number;
  readonly keys: readonly KeyId[];
}

/** A firing that is in the middle of a key group, counted from the first one of the subtask. */
export interface FiringNow {
  readonly groupIndex: number;
  readonly startMs: number;
  readonly keys: readonly KeyId[];
}

const NEVER = Number.NEGATIVE_INFINITY;

/** Which windows of which key groups have fired (paned-windows.ts). Windows are told by their starts, and fire in that order. */
export class FiredWindows {
  readonly #state: ListStateHandle<FiredRange | InterruptedFiring>;
  readonly #firstKeyGroup: number;
  /** By key group: the last window that has fired. */
  readonly #startsMs: Float64Array;
  /** From the checkpoint, by key group. */
  readonly #interrupted = new Map<number, { readonly startMs: number; readonly keys: ReadonlySet<KeyId> }>();
  /** Up to this window none is left in any key group. */
  #completedStartMs: number;

  constructor(operatorState: OperatorStateStore, { start, end }: KeyGroupRange) {
    this.#state = operatorState.listState<FiredRange | InterruptedFiring>('window-firings', 'union');
    this.#firstKeyGroup = start;
    this.#startsMs = new Float64Array(end - start + 1).fill(NEVER);
    for (const element of this.#state.get()) this.#restore(element);
    this.#completedStartMs = this.#startsMs.reduce((least, startMs) => Math.min(least, startMs));
  }

  get completedStartMs(): number {
    return this.#completedStartMs;
  }

  isDue(groupIndex: number, startMs: number): boolean {
    return (this.#startsMs[groupIndex] ?? NEVER) < startMs;
  }

  /** Before a restore, in a firing that was interrupted. */
  hadItsTurn(groupIndex: number, startMs: number, id: KeyId): boolean {
    if (this.#interrupted.size === 0) return false;
    const interrupted = this.#interrupted.get(groupIndex);
    return interrupted?.startMs === startMs && interrupted.keys.has(id);
  }

  groupCompleted(groupIndex: number, startMs: number): void {
    this.#startsMs[groupIndex] = startMs;
    if (this.#interrupted.get(groupIndex)?.startMs === startMs) this.#interrupted.delete(groupIndex);
  }

  /** In all key groups: the windows up to this one have fired, or had no records in time and never will. */
  completed(startMs: number): void {
    this.#completedStartMs = Math.max(this.#completedStartMs, startMs);
  }

  snapshot(now: FiringNow | undefined): void {
    const elements: (FiredRange | InterruptedFiring)[] = this.#ranges();
    for (const [groupIndex, { startMs, keys }] of this.#interrupted) {
      if (groupIndex !== now?.groupIndex) elements.push(this.#interruptedAt({ groupIndex, startMs, keys: [...keys] }));
    }
    if (now !== undefined) elements.push(this.#interruptedAt({ ...now, keys: this.#withRestored(now) }));
    this.#state.update(elements);
  }

  #restore(element: FiredRange | InterruptedFiring): void {
    if (element.kind === 'interrupted') {
      const { keyGroup, startMs, keys } = element;
      const groupIndex = keyGroup - this.#firstKeyGroup;
      if (groupIndex >= 0 && groupIndex < this.#startsMs.length)
        this.#interrupted.set(groupIndex, { startMs, keys: new Set(keys) });
      return;
    }
    const first = Math.max(0, element.firstKeyGroup - this.#firstKeyGroup);
    const last = element.lastKeyGroup - this.#firstKeyGroup;
    for (let index = first; index <= last && index < this.#startsMs.length; index++) {
      this.#startsMs[index] = element.startMs;
    }
  }

  /** Neighbours with the same last window together: one range, unless a firing is under way. */
  #ranges(): FiredRange[] {
    const ranges: FiredRange[] = [];
    let first = 0;
    const startsMs = this.#startsMs.map((startMs) => Math.max(startMs, this.#completedStartMs));
    startsMs.forEach((startMs, index) => {
      if (startsMs[index + 1] === startMs) return;
      const firstKeyGroup = this.#firstKeyGroup + first;
      first = index + 1;
      if (startMs === NEVER) return;
      ranges.push({ kind: 'fired', firstKeyGroup, lastKeyGroup: this.#firstKeyGroup + index, startMs });
    });
    return ranges;
  }

  #interruptedAt({ groupIndex, startMs, keys }: FiringNow): InterruptedFiring {
    return { kind: 'interrupted', keyGroup: this.#firstKeyGroup + groupIndex, startMs, keys };
  }

  /** Keys that had their turn before the last restore may stand anywhere in the key group. */
  #withRestored({ groupIndex, startMs, keys }: FiringNow): readonly KeyId[] {
    const restored = this.#interrupted.get(groupIndex);
    return restored?.startMs === startMs ? [...new Set([...restored.keys, ...keys])] : keys;
  }
}
