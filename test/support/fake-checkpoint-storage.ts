/** Checkpoint storage that keeps what it is given, and fails or waits when a test wants it to. */
import { must } from '../../src/base/assert.ts';
import type { CheckpointId } from '../../src/base/ids.ts';
import type {
  CheckpointStorage,
  DroppedCheckpoints,
  PublishOutcome,
  StoredMetadata,
} from '../../src/checkpoint/checkpoint-storage.ts';
import type { CheckpointMetadata } from '../../src/checkpoint/metadata/checkpoint-metadata.ts';

export class FakeCheckpointStorage implements CheckpointStorage {
  readonly kind = 'filesystem';
  readonly fencingEpoch = 7;
  readonly metadata: Map<CheckpointId, CheckpointMetadata> = new Map();
  /** The pointer log: 'chk-1', 'finished', 'canceled'. */
  readonly entries: string[] = [];
  readonly discarded: CheckpointId[] = [];
  /** Another process has taken the job over. */
  isFenced = false;
  /** Set: pointer entries wait for it. */
  gate: Promise<void> | undefined;
  /** Set: the next entries fail with it. */
  error: Error | undefined;

  createLocation(candidate: CheckpointId): Promise<CheckpointId> {
    return Promise.resolve(candidate);
  }

  writeMetadata(metadata: CheckpointMetadata): Promise<StoredMetadata> {
    this.metadata.set(metadata.checkpointId, metadata);
    return Promise.resolve({ path: `/job/chk-${metadata.checkpointId}/_metadata`, sizeBytes: 100 });
  }

  publish(checkpointId: CheckpointId): Promise<PublishOutcome> {
    must(this.metadata.get(checkpointId), 'metadata of a published checkpoint');
    return this.#append(`chk-${checkpointId}`);
  }

  verifyOwnership(): Promise<PublishOutcome> {
    const { fencingEpoch } = this;
    return Promise.resolve(
      this.isFenced ? { kind: 'fenced', byEpoch: fencingEpoch + 1 } : { kind: 'permitted', fencingEpoch },
    );
  }

  discard(checkpointId: CheckpointId): Promise<void> {
    this.discarded.push(checkpointId);
    return Promise.resolve();
  }

  drop(_what: DroppedCheckpoints): Promise<void> {
    return Promise.resolve();
  }

  end(how: 'finished' | 'canceled'): Promise<PublishOutcome> {
    return this.#append(how);
  }

  async #append(entry: string): Promise<PublishOutcome> {
    await this.gate;
    if (this.error !== undefined) throw this.error;
    if (this.isFenced) return { kind: 'fenced', byEpoch: this.fencingEpoch + 1 };
    this.entries.push(entry);
    return { kind: 'permitted', fencingEpoch: this.fencingEpoch };
  }
}
