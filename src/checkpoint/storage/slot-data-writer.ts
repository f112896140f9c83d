/**
 * How a slot writes checkpoint data: one file for each checkpoint, shared by the subtasks of the slot. Each subtask fills blocks
 * of its own, so that what is restored together lies together. Runs on the slot's thread; I/O goes on behind it.
 */
import { assert, must } from '../../base/assert.ts';
import type { CheckpointDataPart, CheckpointDataResult, CheckpointDataWriter } from '../../base/checkpoint-streams.ts';
import type { Environment } from '../../base/environment.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { KeyGroupSection } from '../../base/keyed-state.ts';
import type { SectionRef } from '../../base/state-handle.ts';
import { ByteWriter } from '../../base/byte-writer.ts';
import { CheckpointPaths } from '../protocol/checkpoint-paths.ts';
import type { DataFileLocation } from '../protocol/checkpoint-paths.ts';
import { DataFile } from './data-file.ts';
import type { BlockPlace } from './data-file.ts';
import type { SectionEntry } from './data-file-format.ts';

/** A block is sealed when it holds this much; a larger section has a block of its own. */
export const BLOCK_BYTES: number = 128 * 1024;
/** Content that may wait for the disk before the snapshot cursors pause. */
export const PENDING_BYTES_MAX: number = 8 * 1024 * 1024;
/** Files that were made durable and may still be aborted; completed or aborted checkpoints leave the list. */
const DURABLE_FILES_MAX = 64;

export interface SlotDataWriterOptions {
  readonly environment: Environment;
  /** `<checkpoint dir>/<job id>` */
  readonly jobDirectory: string;
  readonly slotIndex: number;
  readonly fencingEpoch: number;
  readonly attemptNumber: number;
  /** 'shared' when later checkpoints may build on the file (incremental), else 'exclusive'. */
  readonly location: DataFileLocation;
  /** There is room again after `isWritable` was false. */
  readonly onWritable: () => void;
  readonly blockBytes?: number;
  readonly pendingBytesMax?: number;
}

export class SlotDataWriter implements CheckpointDataWriter {
  readonly #options: SlotDataWriterOptions;
  readonly #paths: CheckpointPaths;
  readonly #pendingBytesMax: number;
  readonly #files = new Map<CheckpointId, DataFile>();
  /** Content handed over and neither written nor given up, bytes. */
  #pendingBytes = 0;
  /** True from the moment `isWritable` said no until `onWritable` was called. */
  #isFull = false;

  constructor(options: SlotDataWriterOptions) {
    this.#options = options;
    this.#paths = new CheckpointPaths(options.jobDirectory);
    this.#pendingBytesMax = options.pendingBytesMax ?? PENDING_BYTES_MAX;
  }

  /** Opens the slot's file of a checkpoint: each of the `participants` opens one part or withdraws. */
  begin(checkpointId: CheckpointId, participants: number): void {
    assert(
      !this.#files.has(checkpointId),
      () => `Checkpoint ${checkpointId} was begun twice in slot ${this.#options.slotIndex}`,
    );
    assert(participants > 0, () => `Checkpoint ${checkpointId} has no participants in slot ${this.#options.slotIndex}`);
    const { environment, slotIndex, fencingEpoch, attemptNumber, location } = this.#options;
    const file = new DataFile({
      environment,
      paths: this.#paths,
      owner: { checkpointId, fencingEpoch, attemptNumber, slotIndex },
      location,
      participants,
      onBytesSettled: (contentBytes) => this.#bytesSettled(contentBytes),
    });
    this.#files.set(checkpointId, file);
    const oldest = this.#files.keys().next().value;
    if (this.#files.size > DURABLE_FILES_MAX && oldest !== undefined) this.#files.delete(oldest);
  }

  openPart(checkpointId: CheckpointId): CheckpointDataPart {
    const file = must(this.#files.get(checkpointId), `data file of checkpoint ${checkpointId}: begin comes first`);
    return new DataPart({
      file,
      blockBytes: this.#options.blockBytes ?? BLOCK_BYTES,
      isWritable: () => this.#isWritable(),
      onBytesTaken: (contentBytes) => {
        this.#pendingBytes += contentBytes;
      },
    });
  }

  /** A participant will not open a part. */
  withdraw(checkpointId: CheckpointId): void {
    this.#files.get(checkpointId)?.partCompleted();
  }

  abort(checkpointId: CheckpointId): void {
    this.#files.get(checkpointId)?.abort();
    this.#files.delete(checkpointId);
  }

  /** The checkpoint is complete: its file, and those of older ones, are out of this writer's hands. */
  completed(checkpointId: CheckpointId): void {
    for (const id of this.#files.keys()) if (id <= checkpointId) this.#files.delete(id);
  }

  /** The attempt has ended: files that are not durable go. Settles when no I/O is under way. */
  async close(): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    for (const file of files) if (!file.isDurable) file.abort();
    await Promise.all(files.map((file) => file.idle()));
  }

  #isWritable(): boolean {
    if (this.#pendingBytes < this.#pendingBytesMax) return true;
    this.#isFull = true;
    return false;
  }

  #bytesSettled(contentBytes: number): void {
    this.#pendingBytes -= contentBytes;
    assert(this.#pendingBytes >= 0, () => `Slot ${this.#options.slotIndex} has ${this.#pendingBytes} pending bytes`);
    if (!this.#isFull || this.#pendingBytes > this.#pendingBytesMax / 2) return;
    this.#isFull = false;
    this.#options.onWritable();
  }
}

interface DataPartOptions {
  readonly file: DataFile;
  readonly blockBytes: number;
  readonly isWritable: () => boolean;
  readonly onBytesTaken: (contentBytes: number) => void;
}

/** A section before its block has a place. */
interface PlacedSection {
  readonly section: Omit<KeyGroupSection, 'bytes'>;
  readonly place: Promise<BlockPlace | undefined>;
  readonly offset: number;
  readonly length: number;
}

class DataPart implements CheckpointDataPart {
  readonly #options: DataPartOptions;
  readonly #content: ByteWriter;
  #open: { readonly section: Omit<KeyGroupSection, 'bytes'>; readonly offset: number; readonly length: number }[] = [];
  readonly #placed: PlacedSection[] = [];
  #isComplete = false;

  constructor(options: DataPartOptions) {
    this.#options = options;
    this.#content = new ByteWriter();
  }

  get isWritable(): boolean {
    return this.#options.file.hasFailed || this.#options.isWritable();
  }

  writeSection({ bytes, ...section }: KeyGroupSection): void {
    assert(!this.#isComplete, () => `Section of key group ${section.keyGroup} comes after its part was completed`);
    if (this.#content.position > 0 && this.#content.position + bytes.length > this.#options.blockBytes) this.#seal();
    this.#open.push({ section, offset: this.#content.position, length: bytes.length });
    this.#content.raw(bytes);
    if (this.#content.position >= this.#options.blockBytes) this.#seal();
  }

  async complete(): Promise<CheckpointDataResult> {
    assert(!this.#isComplete, 'A part of a data file is completed twice');
    this.#isComplete = true;
    if (this.#open.length > 0) this.#seal();
    const { file } = this.#options;
    file.partCompleted();
    await file.durable();
    const refs: SectionRef[] = [];
    const blockLengths = new Map<number, number>();
    for (const { section, place, offset, length } of this.#placed) {
      const { blockOffset, blockLength } = must(await place, 'place of a block in a durable file');
      blockLengths.set(blockOffset, blockLength);
      const { isBase, entryCount } = section;
      refs.push({ file: file.relativePath, blockOffset, blockLength, offset, length, isBase, entryCount });
    }
    return { refs, writtenBytes: blockLengths.values().reduce((sum, length) => sum + length, 0) };
  }

  #seal(): void {
    const content = this.#content.toBytes();
    this.#content.clear();
    const sections = this.#open;
    this.#open = [];
    this.#options.onBytesTaken(content.length);
    const entries = sections.map(({ section: { keyGroup, isBase }, length }): SectionEntry => ({
      keyGroup,
      isBase,
      length,
    }));
    const place = this.#options.file.append({ content, sections: entries });
    for (const section of sections) this.#placed.push({ ...section, place });
  }
}
