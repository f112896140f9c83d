/**
 * What a watched input has seen: decides which files, or which ends of files, are new. Pure; the enumerator's state.
 *
 * State is bounded. Of the WATCHED_FILES_MAX files modified last it is known how far they were assigned. Older ones are known
 * only by a high-water mark: a file that is not in the table and was not modified after `forgottenMs` counts as seen. So a file
 * must not be touched any more once that many others were modified after it.
 */
import { MillraceError } from '../../../base/errors.ts';
import type { FoundFile } from './file-discovery.ts';

export const WATCHED_FILES_MAX = 10_000;

export interface WatchedFile extends FoundFile {
  /** All before this was assigned. For a file that is taken whole: its size. */
  readonly assignedBytes: number;
}

export interface WatchedFilesState {
  /** In the order of their paths. */
  readonly files: readonly WatchedFile[];
  /** -Infinity as long as nothing was forgotten. */
  readonly forgottenMs: number;
}

/** A file that is to be looked at: what it holds behind `assignedBytes` is new. */
export interface ChangedFile extends FoundFile {
  readonly assignedBytes: number;
}

export class WatchedFiles {
  readonly #known: Map<string, WatchedFile>;
  readonly #filesMax: number;
  #forgottenMs: number;

  constructor(restored?: WatchedFilesState, filesMax: number = WATCHED_FILES_MAX) {
    this.#known = new Map(restored?.files.map((file) => [file.path, file]));
    this.#forgottenMs = restored?.forgottenMs ?? Number.NEGATIVE_INFINITY;
    this.#filesMax = filesMax;
  }

  snapshot(): WatchedFilesState {
    const files = [...this.#known.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
    return { files, forgottenMs: this.#forgottenMs };
  }

  /**
   * Files that are new or have changed since they were recorded, in the order given. Throws INPUT_CHANGED for one that lost
   * bytes, or that was taken whole and changed.
   */
  changes(found: readonly FoundFile[], isTakenWhole: (path: string) => boolean): readonly ChangedFile[] {
    return found.flatMap((file) => {
      const known = this.#known.get(file.path);
      if (known === undefined) return file.modifiedMs > this.#forgottenMs ? [{ ...file, assignedBytes: 0 }] : [];
      if (known.sizeBytes === file.sizeBytes && known.modifiedMs === file.modifiedMs) return [];
      if (isTakenWhole(file.path))
        throw changed(file, 'it was written to after it was read; move files in when they are whole');
      if (file.sizeBytes < known.sizeBytes)
        throw changed(file, `it has shrunk from ${known.sizeBytes} to ${file.sizeBytes} bytes`);
      return [{ ...file, assignedBytes: known.assignedBytes }];
    });
  }

  /** Known files that are not among the found ones: gone, unless the folder was read while they were renamed. */
  missing(found: readonly FoundFile[]): readonly string[] {
    const paths = new Set(found.map(({ path }) => path));
    return [...this.#known.keys()].filter((path) => !paths.has(path));
  }

  /** A file that is gone: another one of that name will be new. */
  forget(path: string): void {
    this.#known.delete(path);
  }

  record(file: WatchedFile): void {
    this.#known.set(file.path, file);
  }

  /** Keeps the state within its bound; to be called after each scan. */
  prune(): void {
    const excess = this.#known.size - this.#filesMax;
    if (excess <= 0) return;
    const oldestFirst = [...this.#known.values()].toSorted(
      (a, b) => a.modifiedMs - b.modifiedMs || (a.path < b.path ? -1 : 1),
    );
    for (const file of oldestFirst.slice(0, excess)) {
      this.#known.delete(file.path);
      this.#forgottenMs = Math.max(this.#forgottenMs, file.modifiedMs);
    }
  }
}

function changed(file: FoundFile, what: string): MillraceError {
  return new MillraceError('INPUT_CHANGED', `Watching '${file.path}' failed: ${what}`);
}
