/**
 * What the pointer log means. Pure: facts were read before, what follows is decided here, and pointer-log.ts carries it out.
 *
 * Why a log of immutable entries and no single pointer that is replaced: a rename cannot be made conditional. A process that was
 * stopped between its check and its rename would overwrite the pointer of its successor when it wakes up. An entry is put only
 * if nobody has taken its place, so a process that lost the job meanwhile meets its successor's takeover entry.
 *
 * Rules:
 *   1. The entry with the highest sequence number counts; its epoch owns the job.
 *   2. Whoever takes over appends an entry with an epoch above all that stand; whoever completes a checkpoint appends one with its own.
 *   3. A process that sees an entry of a higher epoch than its own stops (JOB_FENCED).
 *   4. After appending, the log is listed once more. Only the process whose entry is then the highest may go on: only that is
 *      the permit to commit. (An old process can still get an entry in below the highest where old entries were removed.)
 *   5. A checkpoint without entry never existed.
 */
import { assert } from '../../base/assert.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { PointerEntry } from './pointer-entry.ts';

export type AppendDecision =
  | { readonly kind: 'append'; readonly sequence: number }
  | { readonly kind: 'fenced'; readonly by: PointerEntry };

/** May a process of this epoch append, and where? `entries` in ascending order of sequence. */
export function decideAppend(entries: readonly PointerEntry[], fencingEpoch: number): AppendDecision {
  const by = entries.findLast((entry) => entry.fencingEpoch > fencingEpoch);
  return by === undefined ? { kind: 'append', sequence: nextSequence(entries) } : { kind: 'fenced', by };
}

export type PermitDecision =
  | { readonly kind: 'permitted' }
  /** Somebody else's entry is higher, or ours is gone. */
  | { readonly kind: 'fenced'; readonly by: PointerEntry | undefined };

/** `entries` as listed after `own` was appended. */
export function decidePermit(entries: readonly PointerEntry[], own: PointerEntry): PermitDecision {
  const highest = entries.at(-1);
  const isOwn = highest !== undefined && isSameEntry(highest, own);
  return isOwn ? { kind: 'permitted' } : { kind: 'fenced', by: highest };
}

/** Equal in all that was written: how a process recognises an entry of which it does not know whether it got in. */
export function isSameEntry(a: PointerEntry, b: PointerEntry): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function nextSequence(entries: readonly PointerEntry[]): number {
  return (entries.at(-1)?.sequence ?? 0) + 1;
}

export function highestEpoch(entries: readonly PointerEntry[]): number {
  return entries.reduce((highest, { fencingEpoch }) => Math.max(highest, fencingEpoch), 0);
}

/** Where a resumed run goes on. */
export type RestorePoint =
  | { readonly kind: 'checkpoint'; readonly checkpointId: CheckpointId; readonly sequence: number }
  /** A start with --restore-from that has not completed a checkpoint of its own yet. */
  | { readonly kind: 'path'; readonly directory: string; readonly sequence: number };

export type RunState =
  | { readonly kind: 'none' }
  | { readonly kind: 'ended'; readonly runId: string; readonly how: 'finished' | 'canceled' }
  /** Crashed, stopped, failed, or still running. `restorePoint` is undefined when it has completed no checkpoint. */
  | { readonly kind: 'open'; readonly runId: string; readonly restorePoint: RestorePoint | undefined };

/** The state of the run that the highest entry belongs to. */
export function currentRun(entries: readonly PointerEntry[]): RunState {
  const highest = entries.at(-1);
  if (highest === undefined) return { kind: 'none' };
  const { runId, record } = highest;
  if (record.kind === 'finished' || record.kind === 'canceled') return { kind: 'ended', runId, how: record.kind };
  const restorePoint = entries
    .toReversed()
    .filter((entry) => entry.runId === runId)
    .map(restorePointOf)
    .find((point) => point !== undefined);
  return { kind: 'open', runId, restorePoint };
}

function restorePointOf({ sequence, record }: PointerEntry): RestorePoint | undefined {
  if (record.kind === 'checkpoint') return { kind: 'checkpoint', checkpointId: record.checkpointId, sequence };
  if (record.kind === 'takeover' && record.restoreFrom !== undefined) {
    return { kind: 'path', directory: record.restoreFrom, sequence };
  }
  return undefined;
}

/** How many takeover entries are kept when old entries go: an old process meets the one that fenced it there. */
export const TAKEOVERS_KEPT = 100;

/** Entries that say nothing any more once `oldestRetained` is the oldest checkpoint that is kept. The highest always stays. */
export function prunableEntries(
  entries: readonly PointerEntry[],
  oldestRetained: CheckpointId,
): readonly PointerEntry[] {
  const boundary = entries.findLast(
    ({ record }) => record.kind === 'checkpoint' && record.checkpointId === oldestRetained,
  );
  if (boundary === undefined) return [];
  const older = entries.filter(({ sequence }) => sequence < boundary.sequence);
  const takeovers = older.filter(({ record }) => record.kind === 'takeover');
  const keptTakeovers = new Set(takeovers.slice(-TAKEOVERS_KEPT));
  const prunable = older.filter((entry) => !keptTakeovers.has(entry));
  assert(!prunable.includes(boundary), 'The entry of a retained checkpoint is to be removed');
  return prunable;
}

/** Entries of former runs that leave the log when a new run has taken over at `sequence`. Takeovers stay: see TAKEOVERS_KEPT. */
export function archivableEntries(entries: readonly PointerEntry[], sequence: number): readonly PointerEntry[] {
  return entries.filter((entry) => entry.sequence < sequence && entry.record.kind !== 'takeover');
}

/** Every checkpoint that an entry names, ascending. */
export function namedCheckpoints(entries: readonly PointerEntry[]): readonly CheckpointId[] {
  const ids = new Set<CheckpointId>();
  for (const { record } of entries) if (record.kind === 'checkpoint') ids.add(record.checkpointId);
  return [...ids].toSorted((a, b) => a - b);
}

/** Ids below were used before the latest takeover, and must not be used again; see `PointerRecord`. */
export function nextCheckpointIdOf(entries: readonly PointerEntry[]): number {
  return entries.reduce(
    (next, { record }) => Math.max(next, record.kind === 'takeover' ? (record.nextCheckpointId ?? 1) : 1),
    1,
  );
}
