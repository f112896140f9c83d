/**
 * Checkpoints in a directory: any `Files` will do, a disk or memory. Folder layout: protocol/checkpoint-paths.ts; what makes a
 * checkpoint complete: pointer-log/pointer-log-state.ts.
 */
import type { Environment } from '../../base/environment.ts';
import { MillraceError } from '../../base/errors.ts';
import { fileErrorCode } from '../../base/files.ts';
import { checkpointId } from '../../base/ids.ts';
import type { CheckpointId } from '../../base/ids.ts';
import type { CheckpointStorage, DroppedCheckpoints, PublishOutcome, StoredMetadata } from '../checkpoint-storage.ts';
import type { CheckpointMetadata } from '../metadata/checkpoint-metadata.ts';
import { encodeMetadata } from '../metadata/encode-metadata.ts';
import type { PointerLog } from '../pointer-log/pointer-log.ts';
import { archivableEntries, prunableEntries } from '../pointer-log/pointer-log-state.ts';
import {
  checkpointDirectoryName,
  joinPath,
  METADATA_FILE,
  parseCheckpointDirectory,
  parseDataFileName,
  TEMPORARY_SUFFIX,
} from '../protocol/checkpoint-paths.ts';
import type { CheckpointPaths } from '../protocol/checkpoint-paths.ts';
import { keepsCheckpoints } from '../protocol/retention.ts';
import type { CheckpointRetention, RetainedCheckpoint } from '../protocol/retention.ts';
import { removeIfPresent, writeDurably } from './durable-file.ts';
import { storageFailure } from './storage-failure.ts';

/** Ids that may be taken already, by processes that are gone or fenced. */
const LOCATION_ATTEMPTS_MAX = 10_000;

export interface FileCheckpointStorageOptions {
  readonly kind: 'filesystem' | 'jobmanager';
  readonly environment: Environment;
  readonly paths: CheckpointPaths;
  readonly log: PointerLog;
  readonly fencingEpoch: number;
  readonly runId: string;
  /** Checkpoints of this run that stand at the start. */
  readonly retained: readonly RetainedCheckpoint[];
  /** Checkpoints of former runs that are kept: never touched. */
  readonly archived: readonly RetainedCheckpoint[];
}

export class FileCheckpointStorage implements CheckpointStorage {
  readonly kind: 'filesystem' | 'jobmanager';
  readonly fencingEpoch: number;
  readonly #options: FileCheckpointStorageOptions;
  readonly #paths: CheckpointPaths;
  /** Checkpoints whose folders are this run's. */
  readonly #ownIds: Set<CheckpointId>;

  constructor(options: FileCheckpointStorageOptions) {
    this.kind = options.kind;
    this.fencingEpoch = options.fencingEpoch;
    this.#options = options;
    this.#paths = options.paths;
    this.#ownIds = new Set(options.retained.map((retained) => retained.checkpointId));
  }

  async createLocation(candidate: CheckpointId): Promise<CheckpointId> {
    const { files } = this.#options.environment;
    for (let n: number = candidate; n < candidate + LOCATION_ATTEMPTS_MAX; n++) {
      const id = checkpointId(n);
      try {
        await files.makeDirectory(this.#paths.checkpoint(id));
        this.#ownIds.add(id);
        return id;
      } catch (error) {
        if (fileErrorCode(error) !== 'EEXIST') throw storageFailure('Making', this.#paths.checkpoint(id), error);
      }
    }
    throw new MillraceError(
      'CHECKPOINT_STORAGE_FAILED',
      `Making '${this.#paths.checkpoint(candidate)}' failed: it and ${LOCATION_ATTEMPTS_MAX} following ones exist`,
    );
  }

  async writeMetadata(metadata: CheckpointMetadata): Promise<StoredMetadata> {
    const { environment } = this.#options;
    const path = this.#paths.metadata(metadata.checkpointId);
    const bytes = encodeMetadata(metadata, environment);
    try {
      await writeDurably(environment.files, {
        path,
        temporaryPath: `${path}.epoch-${this.fencingEpoch}${TEMPORARY_SUFFIX}`,
        bytes,
      });
      // The folder chk-<n> itself has a name that must last.
      await environment.files.syncDirectory(this.#paths.jobDirectory);
    } catch (error) {
      throw storageFailure('Writing', path, error);
    }
    return { path, sizeBytes: bytes.length };
  }

  publish(id: CheckpointId): Promise<PublishOutcome> {
    return this.#append({ kind: 'checkpoint', checkpointId: id });
  }

  async verifyOwnership(): Promise<PublishOutcome> {
    const { log, runId } = this.#options;
    try {
      const by = await log.findFencing({ fencingEpoch: this.fencingEpoch, runId });
      if (by !== undefined) return { kind: 'fenced', byEpoch: by.fencingEpoch };
      return { kind: 'permitted', fencingEpoch: this.fencingEpoch };
    } catch (error) {
      throw storageFailure('Reading', this.#paths.pointers, error);
    }
  }

  async discard(id: CheckpointId, keptFiles: ReadonlySet<string>): Promise<void> {
    const { files } = this.#options.environment;
    try {
      for (const { name } of await files.list(this.#paths.shared)) {
        const owner = parseDataFileName(name);
        const isOurs = owner?.checkpointId === id && owner.fencingEpoch === this.fencingEpoch;
        if (isOurs && !keptFiles.has(`shared/${name}`))
          await removeIfPresent(files, joinPath(this.#paths.shared, name));
      }
      await files.removeRecursive(this.#paths.checkpoint(id));
    } catch (error) {
      throw storageFailure('Discarding', this.#paths.checkpoint(id), error);
    }
  }

  async drop({ dropped, files, keptFiles, oldestRetained }: DroppedCheckpoints): Promise<void> {
    const { log } = this.#options;
    try {
      await log.remove(prunableEntries(log.entries, oldestRetained));
      for (const id of dropped) await this.#removeCheckpoint(id, keptFiles);
      for (const file of files) await this.#removeDataFile(file, keptFiles);
    } catch (error) {
      throw storageFailure('Deleting dropped checkpoints in', this.#paths.jobDirectory, error);
    }
  }

  async end(how: 'finished' | 'canceled', retention: CheckpointRetention): Promise<PublishOutcome> {
    const outcome = await this.#append({ kind: how });
    if (outcome.kind === 'permitted' && !keepsCheckpoints(retention, how)) await this.#removeAll();
    return outcome;
  }

  async #append(record: Parameters<PointerLog['append']>[0]): Promise<PublishOutcome> {
    const { log, runId } = this.#options;
    const outcome = await log.append(record, { fencingEpoch: this.fencingEpoch, runId });
    if (outcome.kind === 'permitted') return { kind: 'permitted', fencingEpoch: this.fencingEpoch };
    return { kind: 'fenced', byEpoch: outcome.by?.fencingEpoch };
  }

  /** The metadata goes first: without it the folder is no checkpoint any more. */
  async #removeCheckpoint(id: CheckpointId, keptFiles: ReadonlySet<string>): Promise<void> {
    const { files } = this.#options.environment;
    await removeIfPresent(files, this.#paths.metadata(id));
    if (!holdsKeptFiles(checkpointDirectoryName(id), keptFiles))
      await files.removeRecursive(this.#paths.checkpoint(id));
  }

  async #removeDataFile(file: string, keptFiles: ReadonlySet<string>): Promise<void> {
    const { files } = this.#options.environment;
    await removeIfPresent(files, this.#paths.resolve(file));
    const folder = file.slice(0, file.indexOf('/'));
    const id = parseCheckpointDirectory(folder);
    if (id === undefined || holdsKeptFiles(folder, keptFiles)) return;
    // The last file of a folder whose checkpoint was dropped before.
    const left = await files.stat(joinPath(this.#paths.checkpoint(id), METADATA_FILE));
    if (left === undefined) await files.removeRecursive(this.#paths.checkpoint(id));
  }

  /** The end stands in the log, so nothing of this run will be read again. */
  async #removeAll(): Promise<void> {
    const { environment, log, archived } = this.#options;
    const { files } = environment;
    const keptFiles = new Set(archived.flatMap((checkpoint) => [...checkpoint.files]));
    try {
      await log.remove(archivableEntries(log.entries, log.entries.at(-1)?.sequence ?? 0));
      for (const id of this.#ownIds) await this.#removeCheckpoint(id, keptFiles);
      for (const { name } of await files.list(this.#paths.shared)) {
        const owner = parseDataFileName(name);
        const isOurs = owner !== undefined && owner.fencingEpoch <= this.fencingEpoch;
        if (isOurs && !keptFiles.has(`shared/${name}`))
          await removeIfPresent(files, joinPath(this.#paths.shared, name));
      }
    } catch (error) {
      throw storageFailure('Deleting the checkpoints in', this.#paths.jobDirectory, error);
    }
  }
}

function holdsKeptFiles(folder: string, keptFiles: ReadonlySet<string>): boolean {
  for (const file of keptFiles) if (file.startsWith(`${folder}/`)) return true;
  return false;
}
