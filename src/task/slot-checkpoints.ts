/**
 * One data file serves all subtasks of a slot in one checkpoint, so somebody has to know when the last of them is done: each
 * subtask that is running when the slot first hears of a checkpoint takes part, and either completes its part or withdraws.
 */
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

export class SlotCheckpoints {
  readonly #files: SlotDataFiles;
  /** Subtasks with keyed state that have not finished. */
  readonly #participants = new Set<string>();
  /** Checkpoints with an open file, each with those that still owe a part. */
  readonly #open = new Map<CheckpointId, Set<string>>();

  constructor(files: SlotDataFiles) {
    this.#files = files;
  }

  /** A subtask with keyed state starts. */
  join(subtask: string): void {
    this.#participants.add(subtask);
  }

  /** It has finished: it takes part in no further checkpoint and owes nothing to open ones. */
  leave(subtask: string): void {
    this.#participants.delete(subtask);
    for (const [checkpointId, owing] of this.#open) if (owing.delete(subtask)) this.#files.withdraw(checkpointId);
  }

  openPart(subtask: string, checkpointId: CheckpointId): CheckpointDataPart {
    let owing = this.#open.get(checkpointId);
    if (owing === undefined) {
      owing = new Set(this.#participants);
      this.#open.set(checkpointId, owing);
      this.#files.begin(checkpointId, owing.size);
    }
    owing.delete(subtask);
    return this.#files.openPart(checkpointId);
  }

  /** Nothing older than a completed checkpoint can be open any more. */
  completed(checkpointId: CheckpointId): void {
    for (const id of this.#open.keys()) if (id <= checkpointId) this.#open.delete(id);
    this.#files.completed(checkpointId);
  }

  close(): Promise<void> {
    this.#open.clear();
    return this.#files.close();
  }

  aborted(checkpointId: CheckpointId): void {
    if (this.#open.delete(checkpointId)) this.#files.abort(checkpointId);
  }
}
