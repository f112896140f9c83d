/**
 * How much of a snapshot is written in one step, between records: at least a tenth of the time that the step spent on records,
 * more when it would otherwise not end within half the checkpoint interval, all the time there is when no records wait; never
 * more than a slice under 1 ms in one piece, so that records do not wait long.
 */
export interface PaceFacts {
  /** ms the step spent on records. */
  readonly busyMs: number;
  readonly remainingEntries: number;
  /** Entries a ms, as measured so far. */
  readonly entriesPerMs: number;
  /** ms since the snapshot began. */
  readonly elapsedMs: number;
  readonly intervalMs: number;
}

const SLICE_MS_MAX = 0.8;
const BUSY_SHARE_MIN = 0.1;

/** ms to spend on the snapshot in this step. */
export function snapshotSliceMs(facts: PaceFacts): number {
  if (facts.busyMs === 0) return SLICE_MS_MAX;
  const minimumMs = facts.busyMs * BUSY_SHARE_MIN;
  const leftMs = facts.intervalMs / 2 - facts.elapsedMs;
  const neededMs = facts.remainingEntries / Math.max(facts.entriesPerMs, 1);
  // The share of the remaining time that the remaining work takes; late means all.
  const share = leftMs <= neededMs ? 1 : neededMs / leftMs;
  return Math.min(SLICE_MS_MAX, Math.max(minimumMs, (facts.busyMs * share) / Math.max(1 - share, 0.05)));
}
