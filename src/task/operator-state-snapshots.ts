import type { OperatorStateStore } from '../base/operator-state.ts';
import type { ListStateSnapshot } from '../base/state-handle.ts';

/** An operator's list states as the task sees them: what the operator uses, and its encoding for a snapshot. */
export interface OperatorStateSnapshots extends OperatorStateStore {
  /** Encodes every element at once: the operator goes on to change them. */
  snapshot(): readonly ListStateSnapshot[];
}
