/**
 * The exactly-once protocol of the file sink, in one subtask.
 *
 *   record      → text → chunk in memory → queue of the bucket's open file (hidden temporary name)
 *   roll        → the file is sealed: fsync, close
 *   barrier     → prepareCommit: sealed files become committables (publish); snapshotState: open files with their valid length;
 *                 durable: everything handed over is fsynced, and so are the names in the folders
 *   completion  → the committer renames to the final name and fsyncs the folder
 *   restore     → leftovers are removed; the valid part of each listed file is copied into a new file of this attempt, which
 *                 goes on as the bucket's open file; the old one becomes a committable (discard) of the next checkpoint
 *
 * Why copied, and not cut and adopted in place: a process that was only stopped may wake up and write through its descriptor
 * into the old file, also after that file got its final name. Nothing but this attempt has ever had this attempt's files open.
 *
 * The invariants, attacked by test/contract/file-sink.test.ts:
 * 1. A final name appears only through a committable, complete and durable.
 * 2. A file that a completed checkpoint refers to is removed only by that checkpoint's successors' commits.
 * 3. Names are never used twice: they hold epoch, attempt, subtask and counter.
 *
 * At-least-once: sealed files get their final names at once, so a restore repeats what came after the checkpoint. Without
 * checkpoints, exactly-once keeps everything hidden until the end of input.
 */
import { assert } from '../../../base/assert.ts';
import type { MillraceError } from '../../../base/errors.ts';
import type { FileHandle } from '../../../base/files.ts';
import type { EventTimeMs } from '../../../base/event-time.ts';
import type { CheckpointId } from '../../../base/ids.ts';
import type { SinkGuarantee, SinkWriter, WriterContext } from '../../../base/sink.ts';
import { checkBucket } from './bucket-path.ts';
import type { BucketAssigner } from './bucket-path.ts';
import type { FileCommittable, FileWriterState, InProgressFile, WriterId } from './file-sink-state.ts';
import { Leftovers } from './leftovers.ts';
import { outputFailed } from './output-failed.ts';
import { OutputFile } from './output-file.ts';
import { OutputFolder } from './output-folder.ts';
import { finalName, parseTemporaryName, sinkPart, suffixOfFinalName, temporaryName } from './output-file-names.ts';
import { publishFiles } from './publish-files.ts';
import { RestoredFiles } from './restored-files.ts';
import type { RollingPolicy } from './rolling-policy.ts';
import type { RowFormat } from './row-format.ts';

/** No record is taken while more bytes than this wait for the disk. */
export const QUEUED_BYTES_MAX: number = 8 * 1024 * 1024;
/** Beyond this many open buckets the one that was opened first is sealed. */
export const OPEN_FILES_MAX = 128;
/** Buckets whose folder is known to exist. */
const BUCKETS_REMEMBERED = 1024;

export interface FileSinkSettings<T> {
  readonly folder: string;
  readonly format: RowFormat<T>;
  readonly guarantee: SinkGuarantee;
  readonly rolling: RollingPolicy;
  readonly bucket: BucketAssigner<T> | undefined;
  readonly prefix: string;
  readonly suffix: string;
  readonly isCompressed: boolean;
}

interface OpenFile {
  readonly file: OutputFile;
  readonly bucket: string;
  readonly temporary: string;
  readonly final: string;
}

interface FileTraits {
  readonly bucket: string;
  readonly createdMs: number;
  readonly suffix: string;
  readonly isCompressed: boolean;
}

type Publish = Extract<FileCommittable, { kind: 'publish' }>;

export class FileSinkWriter<T> implements SinkWriter<T, FileWriterState, FileCommittable> {
  readonly #settings: FileSinkSettings<T>;
  readonly #context: WriterContext;
  readonly #restored: readonly FileWriterState[];
  readonly #folder: OutputFolder;
  readonly #writer: WriterId;
  readonly #sink: string;
  /** By bucket. */
  readonly #open: Map<string, OpenFile> = new Map();
  /** Sealed, and not yet handed over or published. */
  #sealed: Publish[] = [];
  /** Old files whose content this attempt has taken over, for the next prepareCommit. */
  #discards: FileCommittable[] = [];
  /** Files being sealed or published; each leaves when it is done. */
  readonly #finishing: Set<Promise<void>> = new Set();
  readonly #files: Set<OutputFile> = new Set();
  readonly #madeBuckets: Map<string, Promise<void>> = new Map();
  /** Buckets with temporary names made since their folder was last synced. */
  readonly #unsyncedBuckets: Set<string> = new Set();
  #durable: Promise<void> = Promise.resolve();
  #nextCounter = 0;
  #queuedBytes = 0;
  #wasFull = false;
  #failure: MillraceError | undefined;

  /** @param restored the states of all subtasks (union) */
  constructor(settings: FileSinkSettings<T>, context: WriterContext, restored: readonly FileWriterState[]) {
    const { fencingEpoch, attemptNumber, subtaskIndex } = context;
    assert(
      restored.every(({ version }) => version === 1),
      'A file sink state has another version',
    );
    this.#settings = settings;
    this.#context = context;
    this.#restored = restored;
    this.#folder = new OutputFolder(context.environment.files, settings.folder);
    this.#writer = { fencingEpoch, attemptNumber, subtaskIndex };
    this.#sink = sinkPart(context.operatorId);
  }

  async open(): Promise<void> {
    await this.#removeLeftovers();
    const { subtaskIndex, parallelism } = this.#context;
    const own = this.#restored.filter(({ writer }) => writer.subtaskIndex % parallelism === subtaskIndex);
    const restored = new RestoredFiles(this.#folder, this.#context.logger);
    for (const file of own.flatMap((state) => state.inProgress)) {
      const source = await restored.open(file);
      if (source !== undefined) this.#takeOver(file, source);
    }
  }

  write(value: T, timestampMs: EventTimeMs, watermarkMs: EventTimeMs): void {
    if (this.#failure !== undefined) throw this.#failure;
    const { rolling, format } = this.#settings;
    const nowMs = this.#context.environment.clock.nowMs();
    const bucket = this.#settings.bucket?.(value, { timestampMs, watermarkMs, processingTimeMs: nowMs }) ?? '';
    let open = this.#open.get(bucket);
    if (open !== undefined && nowMs - open.file.createdMs >= rolling.intervalMs) {
      this.#seal(open);
      open = undefined;
    }
    open ??= this.#begin(checkBucket(bucket), nowMs);
    open.file.append(format.format(value));
    if (open.file.sizeBytes >= rolling.sizeBytes) this.#seal(open);
  }

  get isWritable(): boolean {
    if (this.#failure !== undefined) return false;
    if (this.#queuedBytes < QUEUED_BYTES_MAX) return true;
    this.#wasFull = true;
    return false;
  }

  prepareCommit(_checkpointId: CheckpointId, isEndOfInput: boolean): readonly FileCommittable[] {
    const { rolling } = this.#settings;
    const nowMs = this.#context.environment.clock.nowMs();
    for (const open of this.#open.values()) {
      const isDue = nowMs - open.file.createdMs >= rolling.intervalMs;
      if (isEndOfInput || rolling.onCheckpoint || isDue) this.#seal(open);
    }
    if (!this.#context.isCheckpointingEnabled) {
      assert(isEndOfInput, 'A barrier reached a file sink although checkpoints are off');
      this.#publishLater(this.#takeSealed());
      return [];
    }
    const discards = this.#discards;
    this.#discards = [];
    return [...this.#takeSealed(), ...discards];
  }

  snapshotState(): readonly FileWriterState[] {
    const inProgress = [...this.#open.values()].map(({ file, bucket, temporary, final }): InProgressFile => {
      assert(!this.#settings.isCompressed, 'A compressed file is open across a barrier');
      return { bucket, temporary, final, validBytes: file.sizeBytes, createdMs: file.createdMs };
    });
    return [{ version: 1, writer: this.#writer, nextCounter: this.#nextCounter, inProgress }];
  }

  /** One after the other: a later call must not settle before the folders that an earlier one still syncs. */
  durable(): Promise<void> {
    const files = [...this.#finishing, ...[...this.#open.values()].map(({ file }) => file.sync())];
    // Taken now: a bucket that comes in later has a file that is not among those waited for, and may not exist yet.
    const buckets = [...this.#unsyncedBuckets];
    this.#unsyncedBuckets.clear();
    const before = this.#durable;
    const durable = (async (): Promise<void> => {
      await before;
      await Promise.all(files);
      for (const bucket of buckets) await this.#folder.syncFolder(bucket);
    })();
    this.#durable = durable;
    return durable;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#durable, ...this.#finishing]);
    for (const file of this.#files) await file.abandon();
  }

  async #removeLeftovers(): Promise<void> {
    const { jobId, parallelism, subtaskIndex } = this.#context;
    const leftovers = new Leftovers(this.#writer, this.#restored);
    for (const { path, name } of await this.#folder.listFiles()) {
      const parsed = parseTemporaryName(name);
      if (parsed === undefined || parsed.jobId !== jobId || parsed.sink !== this.#sink) continue;
      // Shared out, so that it is done whichever subtasks run.
      if (parsed.writer.subtaskIndex % parallelism !== subtaskIndex) continue;
      if (leftovers.isLeftover(parsed)) await this.#folder.remove(path);
    }
  }

  #takeOver(restored: InProgressFile, source: FileHandle): void {
    const suffix = suffixOfFinalName(restored.final);
    const open = this.#make({ bucket: restored.bucket, createdMs: restored.createdMs, suffix, isCompressed: false });
    open.file.copyFrom(source, this.#folder.resolve(restored.temporary), restored.validBytes);
    this.#discards.push({ kind: 'discard', temporary: restored.temporary });
    this.#keepOpen(open);
    // The job was changed to another format: nothing of it may follow in this file.
    if (suffix !== this.#settings.suffix || this.#settings.isCompressed) this.#seal(open);
  }

  #begin(bucket: string, createdMs: number): OpenFile {
    const { suffix, isCompressed, format } = this.#settings;
    const open = this.#make({ bucket, createdMs, suffix, isCompressed });
    this.#keepOpen(open);
    if (format.header !== '') open.file.append(format.header);
    return open;
  }

  #keepOpen(open: OpenFile): void {
    const other = this.#open.get(open.bucket);
    if (other !== undefined) this.#seal(other);
    const oldest = this.#open.size < OPEN_FILES_MAX ? undefined : this.#open.values().next().value;
    if (oldest !== undefined) this.#seal(oldest);
    this.#open.set(open.bucket, open);
  }

  #make({ bucket, createdMs, suffix, isCompressed }: FileTraits): OpenFile {
    const { prefix } = this.#settings;
    const { environment, jobId, runId } = this.#context;
    const counter = this.#nextCounter++;
    const inBucket = bucket === '' ? '' : `${bucket}/`;
    const temporary = inBucket + temporaryName(jobId, this.#sink, this.#writer, counter);
    const final = inBucket + finalName({ prefix, suffix, runId, sink: this.#sink }, this.#writer, counter);
    const file = new OutputFile(
      {
        path: this.#folder.resolve(temporary),
        createdMs,
        isCompressed,
        environment,
        onQueued: (bytes) => this.#onQueued(bytes),
        onFailure: (error) => this.#fail(error),
      },
      () => this.#makeBucket(bucket),
    );
    this.#files.add(file);
    this.#unsyncedBuckets.add(bucket);
    return { file, bucket, temporary, final };
  }

  #makeBucket(bucket: string): Promise<void> {
    let made = this.#madeBuckets.get(bucket);
    if (made === undefined) {
      // Making a folder twice does no harm.
      if (this.#madeBuckets.size >= BUCKETS_REMEMBERED) this.#madeBuckets.clear();
      made = this.#folder.makeBucket(bucket);
      this.#madeBuckets.set(bucket, made);
    }
    return made;
  }

  #seal({ file, bucket, temporary, final }: OpenFile): void {
    this.#open.delete(bucket);
    const publish: Publish = { kind: 'publish', temporary, final };
    const sealed = file.seal().then(() => void this.#files.delete(file));
    if (this.#settings.guarantee === 'exactly-once') {
      this.#sealed.push(publish);
      this.#finish(sealed);
    } else {
      this.#finish(sealed.then(() => this.#publish([publish])));
    }
  }

  #takeSealed(): readonly Publish[] {
    const sealed = this.#sealed;
    this.#sealed = [];
    return sealed;
  }

  #publishLater(files: readonly Publish[]): void {
    if (files.length > 0) this.#finish(Promise.all(this.#finishing).then(() => this.#publish(files)));
  }

  /** Publishing without a permit: only where nothing waits for a checkpoint. */
  async #publish(files: readonly Publish[]): Promise<void> {
    const { guarantee } = this.#settings;
    assert(guarantee !== 'exactly-once' || !this.#context.isCheckpointingEnabled, 'Publishing without a permit');
    const { logger } = this.#context;
    await publishFiles(this.#folder, files, { logger, mayBePublished: () => false });
  }

  #finish(work: Promise<void>): void {
    this.#finishing.add(work);
    // A failure was reported by the file, or is reported here; durable() rejects with it as well.
    work.then(
      () => this.#finishing.delete(work),
      (error: unknown) => this.#fail(outputFailed('Finishing files in', this.#settings.folder, error)),
    );
  }

  #onQueued(bytes: number): void {
    this.#queuedBytes += bytes;
    assert(this.#queuedBytes >= 0, () => `A file sink has ${this.#queuedBytes} queued bytes`);
    if (!this.#wasFull || this.#queuedBytes > QUEUED_BYTES_MAX / 2) return;
    this.#wasFull = false;
    this.#context.wakeUp();
  }

  #fail(error: MillraceError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#context.fail(error);
  }
}
