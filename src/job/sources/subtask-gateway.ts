/**
 * The way from an enumerator to one reader. It is closed between the enumerator's snapshot for a checkpoint and the reader's
 * acknowledgement of it (or the end of the checkpoint): what is sent meanwhile waits here, in order. So an assignment that the
 * enumerator's snapshot holds back no more cannot get into the reader's snapshot of the same checkpoint, nor be missing in both.
 *
 * Events and triggers must reach the subtask in the order in which they are sent.
 */
import { assert } from '../../base/assert.ts';
import type { SourceEvent } from '../../base/control-plane.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { SourceSplit } from '../../base/source.ts';

export class SubtaskGateway {
  readonly #send: (event: SourceEvent) => void;
  /** Checkpoints that the enumerator has been snapshotted for and the reader has not acknowledged. */
  readonly #closedBy = new Set<CheckpointId>();
  #held: SourceEvent[] = [];
  #hasNoMoreSplits = false;
  #lowerBoundMs: EventTimeMs | undefined;

  constructor(send: (event: SourceEvent) => void) {
    this.#send = send;
  }

  /** The reader was told that it gets nothing more (or will be, when the gateway opens). */
  get hasNoMoreSplits(): boolean {
    return this.#hasNoMoreSplits;
  }

  assignSplits(splits: readonly SourceSplit[]): void {
    assert(!this.#hasNoMoreSplits, 'Splits assigned after the end was signaled');
    if (splits.length > 0) this.#deliver({ kind: 'add-splits', splits });
  }

  signalNoMoreSplits(): void {
    if (this.#hasNoMoreSplits) return;
    this.#hasNoMoreSplits = true;
    this.#deliver({ kind: 'no-more-splits' });
  }

  signalNoSplitsYet(): void {
    if (!this.#hasNoMoreSplits) this.#deliver({ kind: 'no-splits-yet' });
  }

  /** Sends the bound unless the reader has it already, or needs none any more. */
  offerLowerBound(timestampMs: EventTimeMs): void {
    if (this.#hasNoMoreSplits || this.#lowerBoundMs === timestampMs) return;
    this.#lowerBoundMs = timestampMs;
    this.#deliver({ kind: 'unassigned-lower-bound', timestampMs });
  }

  /**
   * The enumerator has been snapshotted for this checkpoint. Returns the splits that wait here: they are in neither side's
   * snapshot, so the caller adds them to the enumerator's.
   */
  close(checkpointId: CheckpointId): readonly SourceSplit[] {
    this.#closedBy.add(checkpointId);
    return this.#held.flatMap((event) => (event.kind === 'add-splits' ? event.splits : []));
  }

  /** The reader has acknowledged the checkpoint, or the checkpoint has ended. */
  open(checkpointId: CheckpointId): void {
    if (!this.#closedBy.delete(checkpointId) || this.#closedBy.size > 0) return;
    const held = this.#held;
    this.#held = [];
    for (const event of held) this.#send(event);
  }

  /** Nothing up to this checkpoint is awaited any more. */
  openUpTo(checkpointId: CheckpointId): void {
    for (const id of this.#closedBy) if (id <= checkpointId) this.open(id);
  }

  #deliver(event: SourceEvent): void {
    if (this.#closedBy.size > 0) this.#held.push(event);
    else this.#send(event);
  }
}
