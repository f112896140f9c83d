/**
 * One data file serves all subtasks of a slot in one checkpoint, so somebody has to know when the last of them is done: each
 * subtask that is running when the slot first hears of a checkpoint takes part, and either completes its part or withdraws.
 */
import { assert } from '../base/assert.ts';
import type { CheckpointDataPart } from '../base/checkpoint-streams.ts';
import type { CheckpointId } from '../base/ids.ts';

export interface SlotDataFiles {
  /** Opens the slot's file of a checkpoint for `participants` parts. */
  begin(checkpointId: CheckpointId, participants: number): void;
  openPart(checkpointId: CheckpointId): CheckpointDataPart;
  /** A participant will not open a part any more. */
  withdraw(checkpointId: CheckpointId): void;
  /** The checkpoint will not complete: its temporary file goes. */
  abort(checkpointId: CheckpointId): void;
  /** Its file is no longer only this slot's business. */
  completed(checkpointId: CheckpointId): void;
  /** The attempt ends: files that are still being written are given up. */
  close(): Promise<void>;
}

/** Aborted checkpoints that are remembered; a trigger that is still on its way names one of the last few. */
const ABORTED_MAX = 64;

export class SlotCheckpoints {
  readonly #files: SlotDataFiles;
  /** Subtasks with keyed state that have not finished. */
  readonly #participants = new Set<string>();
  /** Checkpoints with an open file, each with those that still owe a part. */
  readonly #open = new Map<CheckpointId, Set<string>>();
  /** In the order in which the slot heard of them. */
  readonly #aborted = new Set<CheckpointId>();

  constructor(files: SlotDataFiles) {
    this.#files = files;
  }

  /** A subtask with keyed state starts; before the first checkpoint of the attempt. */
  join(subtask: string): void {
    this.#participants.add(subtask);
  }

  /** It has finished: it takes part in no further checkpoint and owes nothing to open ones. */
  leave(subtask: string): void {
    this.#participants.delete(subtask);
    for (const [checkpointId, owing] of this.#open) if (owing.delete(subtask)) this.#files.withdraw(checkpointId);
  }

  /** True: nobody may begin with this checkpoint any more. */
  isAborted(checkpointId: CheckpointId): boolean {
    return this.#aborted.has(checkpointId);
  }

  openPart(subtask: string, checkpointId: CheckpointId): CheckpointDataPart {
    assert(!this.#aborted.has(checkpointId), () => `Subtask ${subtask} begins with aborted checkpoint ${checkpointId}`);
    let owing = this.#open.get(checkpointId);
    if (owing === undefined) {
      owing = new Set(this.#participants);
      this.#open.set(checkpointId, owing);
      this.#files.begin(checkpointId, owing.size);
    }
    assert(owing.delete(subtask), () => `Subtask ${subtask} has no part to write in checkpoint ${checkpointId}`);
    return this.#files.openPart(checkpointId);
  }

  /** Nothing older than a completed checkpoint can be open any more. */
  completed(checkpointId: CheckpointId): void {
    for (const id of this.#open.keys()) if (id <= checkpointId) this.#open.delete(id);
    for (const id of this.#aborted) if (id <= checkpointId) this.#aborted.delete(id);
    this.#files.completed(checkpointId);
  }

  aborted(checkpointId: CheckpointId): void {
    this.#aborted.add(checkpointId);
    const [oldest] = this.#aborted;
    if (this.#aborted.size > ABORTED_MAX && oldest !== undefined) this.#aborted.delete(oldest);
    if (this.#open.delete(checkpointId)) this.#files.abort(checkpointId);
  }

  /** The attempt ends. */
  close(): Promise<void> {
    this.#open.clear();
    return this.#files.close();
  }
}
