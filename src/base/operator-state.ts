/**
 * Operator (non-keyed) list state: source splits, sink writer states, committables. Elements are plain values of the codec.
 * Restored elements are there from `setup` on; after a change of parallelism they are dealt out by the state's mode.
 */
import type { RedistributionMode } from './state-handle.ts';

export interface ListStateHandle<T> {
  /** What the next snapshot will hold. */
  get(): readonly T[];
  update(elements: readonly T[]): void;
}

export interface OperatorStateStore {
  /** Declares the state or returns it. The mode of a name never changes. */
  listState<T>(name: string, mode: RedistributionMode): ListStateHandle<T>;
  /** True when the job was restored from a checkpoint in which this operator had state. */
  readonly isRestored: boolean;
}
