/** Checkpoint data of a slot, without files: parts are durable when every participant is done and the test lets the disk work. */
import type { CheckpointDataPart, CheckpointDataResult } from '../../src/base/checkpoint-streams.ts';
import type { CheckpointId } from '../../src/base/ids.ts';
import type { SectionRef } from '../../src/base/state-handle.ts';
import type { SlotDataFiles } from '../../src/task/slot-checkpoints.ts';

interface FakeFile {
  owing: number;
  sections: number;
  readonly waiting: PromiseWithResolvers<void>[];
}

export class FakeDataFiles implements SlotDataFiles {
  /** 'begin 1 of 2', 'part 1', 'done 1', 'withdraw 1', 'abort 1', 'completed 1', 'close' */
  readonly calls: string[] = [];
  isWritable = true;
  /** What is complete becomes durable at once; false: at `sync`. */
  isFast = true;
  failure: Error | undefined;
  readonly #files = new Map<CheckpointId, FakeFile>();

  begin(checkpointId: CheckpointId, participants: number): void {
    this.calls.push(`begin ${checkpointId} of ${participants}`);
    if (this.#files.has(checkpointId)) throw new Error(`Checkpoint ${checkpointId} was begun twice`);
    this.#files.set(checkpointId, { owing: participants, sections: 0, waiting: [] });
  }

  openPart(checkpointId: CheckpointId): CheckpointDataPart {
    this.calls.push(`part ${checkpointId}`);
    const file = this.#file(checkpointId);
    const refs: SectionRef[] = [];
    const isWritable = (): boolean => this.isWritable;
    return {
      get isWritable(): boolean {
        return isWritable();
      },
      writeSection: ({ bytes, isBase, entryCount }) => {
        const offset = file.sections++;
        const place = { file: `chk-${checkpointId}`, blockOffset: 0, blockLength: 0, offset, length: bytes.length };
        refs.push({ ...place, isBase, entryCount });
      },
      complete: async (): Promise<CheckpointDataResult> => {
        this.calls.push(`done ${checkpointId}`);
        const waiting = Promise.withResolvers<void>();
        file.waiting.push(waiting);
        this.#partDone(file);
        await waiting.promise;
        return { refs, writtenBytes: refs.length };
      },
    };
  }

  withdraw(checkpointId: CheckpointId): void {
    this.calls.push(`withdraw ${checkpointId}`);
    this.#partDone(this.#file(checkpointId));
  }

  abort(checkpointId: CheckpointId): void {
    this.calls.push(`abort ${checkpointId}`);
    for (const { reject } of this.#file(checkpointId).waiting) reject(new Error('The file was given up'));
    this.#files.delete(checkpointId);
  }

  completed(checkpointId: CheckpointId): void {
    this.calls.push(`completed ${checkpointId}`);
  }

  async close(): Promise<void> {
    this.calls.push('close');
  }

  /** The disk has caught up. */
  sync(): void {
    for (const file of this.#files.values()) this.#settle(file);
  }

  #partDone(file: FakeFile): void {
    if (--file.owing < 0) throw new Error('More parts than participants');
    if (this.isFast) this.#settle(file);
  }

  #settle(file: FakeFile): void {
    if (file.owing > 0) return;
    for (const { resolve, reject } of file.waiting) {
      if (this.failure === undefined) resolve();
      else reject(this.failure);
    }
  }

  #file(checkpointId: CheckpointId): FakeFile {
    const file = this.#files.get(checkpointId);
    if (file === undefined) throw new Error(`There is no file of checkpoint ${checkpointId}`);
    return file;
  }
}
