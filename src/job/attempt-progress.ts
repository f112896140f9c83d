/** How far the subtasks of one attempt are. */
import { assert } from '../base/assert.ts';
import type { SubtaskStatus } from '../base/control-plane.ts';

export interface AttemptProgress {
  /** By subtask key; absent until the subtask has opened. A status never goes back. */
  readonly statuses: ReadonlyMap<string, SubtaskStatus>;
  /** Checkpointing was started: once in an attempt, when every subtask has opened. */
  readonly isCheckpointing: boolean;
}

export const NO_PROGRESS: AttemptProgress = { statuses: new Map(), isCheckpointing: false };

const RANK: Readonly<Record<SubtaskStatus, number>> = { running: 1, 'end-of-data': 2, finished: 3 };

export function withStatus(progress: AttemptProgress, subtask: string, status: SubtaskStatus): AttemptProgress {
  const before = progress.statuses.get(subtask);
  assert(
    before === undefined || RANK[before] < RANK[status],
    () => `Subtask ${subtask} went from '${before}' to '${status}'`,
  );
  return { ...progress, statuses: new Map(progress.statuses).set(subtask, status) };
}

/** True when all of `subtaskCount` subtasks have come to `status` or further. */
export function haveAllReached(progress: AttemptProgress, subtaskCount: number, status: SubtaskStatus): boolean {
  const reached = progress.statuses.values().filter((current) => RANK[current] >= RANK[status]);
  return [...reached].length === subtaskCount;
}
