/**
 * Hands rows to whoever runs the job (executeAndCollect), through `collectRows` of the contexts.
 *
 * With checkpoints, exactly once: the rows between two barriers are a committable, so they are part of the checkpoint and are
 * handed over when it is complete. A commit may be repeated after a failure; the batch keeps its id, and the receiver drops
 * what it has. Without checkpoints a row is handed over as soon as it comes: nothing is ever restored.
 */
import { must } from '../../base/assert.ts';
import type { CommitPermit } from '../../base/commit-permit.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { Committer, CommitOutcome, CommitterContext, Sink, SinkWriter, WriterContext } from '../../base/sink.ts';

export interface CollectedBatch<T> {
  /** Epoch, attempt, subtask and number of the batch: unique within the job. */
  readonly batchId: string;
  readonly rows: readonly T[];
}

export class CollectSink<T> implements Sink<T, never, CollectedBatch<T>> {
  readonly kind = 'collect';
  readonly guarantee = 'exactly-once';

  identity(): readonly string[] {
    return [];
  }

  createWriter(context: WriterContext): SinkWriter<T, never, CollectedBatch<T>> {
    return new CollectWriter(context);
  }

  createCommitter(context: CommitterContext): Committer<CollectedBatch<T>> {
    return new CollectCommitter(context);
  }
}

class CollectWriter<T> implements SinkWriter<T, never, CollectedBatch<T>> {
  /** Bounded by what the engine puts between two barriers; it is part of the checkpoint. */
  readonly isWritable = true;
  readonly #context: WriterContext;
  readonly #batchPrefix: string;
  #rows: T[] = [];
  #batchCount = 0;

  constructor(context: WriterContext) {
    this.#context = context;
    this.#batchPrefix = `${context.fencingEpoch}.${context.attemptNumber}.${context.subtaskIndex}`;
  }

  open(): void {}

  write(value: T): void {
    if (this.#context.isCheckpointingEnabled) this.#rows.push(value);
    else collector(this.#context)(this.#nextBatchId(), [value]);
  }

  prepareCommit(_checkpointId: CheckpointId): readonly CollectedBatch<T>[] {
    if (this.#rows.length === 0) return [];
    const rows = this.#rows;
    this.#rows = [];
    return [{ batchId: this.#nextBatchId(), rows }];
  }

  snapshotState(): readonly never[] {
    return [];
  }

  durable(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}

  #nextBatchId(): string {
    return `${this.#batchPrefix}.${this.#batchCount++}`;
  }
}

class CollectCommitter<T> implements Committer<CollectedBatch<T>> {
  readonly #context: CommitterContext;

  constructor(context: CommitterContext) {
    this.#context = context;
  }

  commit(_permit: CommitPermit, batches: readonly CollectedBatch<T>[]): Promise<readonly CommitOutcome[]> {
    const collectRows = collector(this.#context);
    for (const { batchId, rows } of batches) collectRows(batchId, rows);
    return Promise.resolve(batches.map(() => 'committed'));
  }
}

function collector(context: CommitterContext): (batchId: string, rows: readonly unknown[]) => void {
  return must(context.collectRows, 'collector of rows');
}
