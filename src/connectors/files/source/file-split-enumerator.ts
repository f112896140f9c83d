/**
 * Finds the files of an input, cuts them into splits and hands them out on request, always the first one in the order of path
 * and offset; splits that come back take their place in that order again.
 *
 * Bounded: files are looked for once, at the first start; the splits that are left are the state. Watched: they are looked for
 * each interval, and only what is finished becomes a split, so that a reader never waits within one. A request that cannot be
 * answered yet waits; a subtask that registers again has no request open.
 *
 * Invariant: a byte of the input is in a pending split, was assigned, or is still to be found.
 */
import { must } from '../../../base/assert.ts';
import { MillraceError } from '../../../base/errors.ts';
import type { CheckpointId } from '../../../base/ids.ts';
import type { EnumeratorContext, SplitEnumerator } from '../../../base/source.ts';
import { discoverFiles } from './file-discovery.ts';
import { isTakenWhole, newRangeOf } from './file-range.ts';
import type { FileSourceSettings } from './file-source-settings.ts';
import { compareSplits, splitRange } from './file-split.ts';
import type { FileRange, FileSplit } from './file-split.ts';
import { WatchedFiles } from './watched-files.ts';
import type { ChangedFile, WatchedFilesState } from './watched-files.ts';

/** Persisted; see FILE_SPLIT_VERSION. */
export interface FileEnumeratorState {
  /** False until the files have been looked for once: only then are `pending` and `watched` all there is. */
  readonly isDiscovered: boolean;
  /** Not assigned, in order. */
  readonly pending: readonly FileSplit[];
  /** undefined for a bounded source. */
  readonly watched: WatchedFilesState | undefined;
}

/** What a scan found out about one file. */
interface Inspected {
  readonly file: ChangedFile;
  readonly range: FileRange | undefined;
}

interface Scan {
  readonly inspected: readonly Inspected[];
  /** Watched files that do not exist any more. */
  readonly gone: readonly string[];
}

export class FileSplitEnumerator implements SplitEnumerator<FileSplit, FileEnumeratorState> {
  readonly #context: EnumeratorContext<FileSplit>;
  readonly #settings: FileSourceSettings<unknown>;
  #isDiscovered: boolean;
  #pending: FileSplit[];
  readonly #watched: WatchedFiles;
  /** Subtasks whose request is open, in the order of asking. */
  readonly #waiting = new Set<number>();

  constructor(
    context: EnumeratorContext<FileSplit>,
    settings: FileSourceSettings<unknown>,
    restored: FileEnumeratorState | undefined,
  ) {
    this.#context = context;
    this.#settings = settings;
    this.#isDiscovered = restored?.isDiscovered ?? false;
    this.#pending = [...(restored?.pending ?? [])];
    this.#watched = new WatchedFiles(restored?.watched);
  }

  async start(): Promise<void> {
    if (this.#isWatching) {
      this.#apply(await this.#scan());
      this.#scheduleScan();
    } else if (!this.#isDiscovered) {
      this.#apply(await this.#scan());
    }
  }

  addReader(subtaskIndex: number): void {
    this.#waiting.delete(subtaskIndex);
  }

  handleSplitRequest(subtaskIndex: number): void {
    this.#waiting.add(subtaskIndex);
    this.#answer();
    if (this.#waiting.has(subtaskIndex)) this.#context.signalNoSplitsYet(subtaskIndex);
  }

  addSplitsBack(splits: readonly FileSplit[], _subtaskIndex: number): void {
    this.#pending = [...this.#pending, ...splits].toSorted(compareSplits);
    this.#answer();
  }

  snapshotState(_checkpointId: CheckpointId): FileEnumeratorState {
    return {
      isDiscovered: this.#isDiscovered,
      pending: [...this.#pending],
      watched: this.#isWatching ? this.#watched.snapshot() : undefined,
    };
  }

  get #isWatching(): boolean {
    return this.#settings.watchIntervalMs !== undefined;
  }

  #answer(): void {
    if (!this.#isDiscovered) return;
    for (const subtaskIndex of this.#waiting) {
      // A reader that is gone asks again when it is back.
      if (!this.#context.registeredReaders.has(subtaskIndex)) continue;
      const split = this.#pending.shift();
      if (split !== undefined) this.#context.assignSplits(subtaskIndex, [split]);
      else if (!this.#isWatching) this.#context.signalNoMoreSplits(subtaskIndex);
      else return;
      this.#waiting.delete(subtaskIndex);
    }
  }

  /** Changes nothing of the enumerator: calls of its other methods may come while it runs. */
  async #scan(): Promise<Scan> {
    const { environment } = this.#context;
    const { paths, include, exclude } = this.#settings;
    const found = await discoverFiles(environment.files, { paths, include, exclude, mayBeEmpty: this.#isWatching });
    if (found.length === 0) this.#context.logger.log('warn', 'The input has no files', { paths });
    const changes = this.#watched.changes(found, (path) => isTakenWhole(this.#settings, path));
    const inspected: Inspected[] = [];
    for (const file of changes) {
      const result = await this.#inspect(file);
      if (result !== undefined) inspected.push(result);
    }
    const gone: string[] = [];
    for (const path of this.#watched.missing(found)) {
      if ((await environment.files.stat(path)) === undefined) gone.push(path);
    }
    return { inspected, gone };
  }

  /** undefined for a watched file that was removed since it was found. */
  async #inspect(file: ChangedFile): Promise<Inspected | undefined> {
    try {
      return { file, range: await newRangeOf(this.#context.environment, this.#settings, file) };
    } catch (error) {
      if (this.#isWatching && MillraceError.is(error) && error.code === 'INPUT_NOT_FOUND') return undefined;
      throw error;
    }
  }

  #apply({ inspected, gone }: Scan): void {
    for (const path of gone) this.#watched.forget(path);
    const splits = inspected.flatMap(({ range }) => (range === undefined ? [] : this.#split(range)));
    this.#pending = [...this.#pending, ...splits].toSorted(compareSplits);
    if (this.#isWatching) this.#recordScan(inspected);
    this.#isDiscovered = true;
    this.#answer();
  }

  #split(range: FileRange): readonly FileSplit[] {
    const isWhole = isTakenWhole(this.#settings, range.path);
    return splitRange(range, isWhole ? Number.POSITIVE_INFINITY : this.#settings.splitSizeBytes);
  }

  #recordScan(inspected: readonly Inspected[]): void {
    for (const { file, range } of inspected) {
      const isWhole = isTakenWhole(this.#settings, file.path);
      const assignedBytes = isWhole ? file.sizeBytes : (range?.endBytes ?? file.assignedBytes);
      this.#watched.record({ ...file, assignedBytes });
    }
    this.#watched.prune();
  }

  #scheduleScan(): void {
    const intervalMs = must(this.#settings.watchIntervalMs, 'watch interval');
    this.#context.after(intervalMs, () =>
      this.#context.callAsync(
        () => this.#scan(),
        (scan) => {
          this.#apply(scan);
          this.#scheduleScan();
        },
      ),
    );
  }
}
