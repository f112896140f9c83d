/** What is known of the checkpoints of this process: for status lines, logs and REST. */
import type { CheckpointId } from '../../base/ids.ts';
import type { SubtaskSnapshot } from '../../base/state-handle.ts';
import { isCountedFailure } from '../protocol/failure-reasons.ts';
import type { CheckpointFailureReason } from '../protocol/failure-reasons.ts';

/** As many as Flink's web.checkpoints.history. */
const HISTORY_MAX = 10;

export interface CheckpointRecord {
  readonly checkpointId: CheckpointId;
  readonly status: 'in-progress' | 'completed' | 'failed';
  /** Wall clock of the trigger, ms. */
  readonly triggeredAtMs: number;
  /** Trigger to completion or failure, ms; undefined while under way. */
  readonly durationMs: number | undefined;
  /** Bytes that were written for it, metadata included. */
  readonly checkpointedBytes: number;
  /** Bytes that a restore would read. */
  readonly stateBytes: number;
  readonly acknowledgedSubtasks: number;
  /** The longest of any subtask, ms. */
  readonly alignmentMs: number;
  readonly syncMs: number;
  readonly asyncMs: number;
  readonly startDelayMs: number;
  readonly failureReason: CheckpointFailureReason | undefined;
  /** Of the metadata file. */
  readonly path: string | undefined;
}

export interface CheckpointCounts {
  readonly completed: number;
  readonly failed: number;
  readonly inProgress: number;
}

export class CheckpointStatistics {
  readonly #records = new Map<CheckpointId, CheckpointRecord>();
  #completed = 0;
  #failed = 0;

  get counts(): CheckpointCounts {
    const inProgress = this.#records
      .values()
      .filter(({ status }) => status === 'in-progress')
      .toArray().length;
    return { completed: this.#completed, failed: this.#failed, inProgress };
  }

  /** Newest first. */
  get history(): readonly CheckpointRecord[] {
    return [...this.#records.values()].reverse();
  }

  get latestCompleted(): CheckpointRecord | undefined {
    return this.history.find(({ status }) => status === 'completed');
  }

  triggered(checkpointId: CheckpointId, triggeredAtMs: number): void {
    this.#records.set(checkpointId, {
      checkpointId,
      status: 'in-progress',
      triggeredAtMs,
      durationMs: undefined,
      checkpointedBytes: 0,
      stateBytes: 0,
      acknowledgedSubtasks: 0,
      alignmentMs: 0,
      syncMs: 0,
      asyncMs: 0,
      startDelayMs: 0,
      failureReason: undefined,
      path: undefined,
    });
    for (const { checkpointId: oldest, status } of this.#records.values()) {
      if (this.#records.size <= HISTORY_MAX) break;
      if (status !== 'in-progress') this.#records.delete(oldest);
    }
  }

  acknowledged(checkpointId: CheckpointId, { statistics }: SubtaskSnapshot): void {
    this.#change(checkpointId, (record) => ({
      checkpointedBytes: record.checkpointedBytes + statistics.writtenBytes,
      stateBytes: record.stateBytes + statistics.stateBytes,
      acknowledgedSubtasks: record.acknowledgedSubtasks + 1,
      alignmentMs: Math.max(record.alignmentMs, statistics.alignmentMs),
      syncMs: Math.max(record.syncMs, statistics.syncMs),
      asyncMs: Math.max(record.asyncMs, statistics.asyncMs),
      startDelayMs: Math.max(record.startDelayMs, statistics.startDelayMs),
    }));
  }

  completed(
    checkpointId: CheckpointId,
    end: { readonly durationMs: number; readonly metadataBytes: number; readonly path: string },
  ): CheckpointRecord | undefined {
    this.#completed++;
    return this.#change(checkpointId, (record) => ({
      status: 'completed',
      durationMs: end.durationMs,
      checkpointedBytes: record.checkpointedBytes + end.metadataBytes,
      path: end.path,
    }));
  }

  failed(
    checkpointId: CheckpointId,
    end: { readonly durationMs: number; readonly reason: CheckpointFailureReason },
  ): CheckpointRecord | undefined {
    // One that was given up (the attempt ended, a newer one overtook it) is no failure of checkpointing.
    if (isCountedFailure(end.reason)) this.#failed++;
    return this.#change(checkpointId, () => ({
      status: 'failed',
      durationMs: end.durationMs,
      failureReason: end.reason,
    }));
  }

  #change(
    checkpointId: CheckpointId,
    change: (record: CheckpointRecord) => Partial<CheckpointRecord>,
  ): CheckpointRecord | undefined {
    const record = this.#records.get(checkpointId);
    if (record === undefined) return undefined;
    const changed = { ...record, ...change(record) };
    this.#records.set(checkpointId, changed);
    return changed;
  }
}
