/** Walks and moves files below a sink's folder. */
import { fileErrorCode } from '../../../base/files.ts';
import type { DirectoryEntry, FileHandle, Files } from '../../../base/files.ts';
import { outputFailed } from './output-failed.ts';

/** Buckets nested deeper than this are not looked into. */
const DEPTH_MAX = 16;

export interface FolderEntry {
  /** Relative to the folder. */
  readonly path: string;
  readonly name: string;
}

export class OutputFolder {
  readonly path: string;
  readonly #files: Files;

  constructor(files: Files, path: string) {
    this.#files = files;
    this.path = path;
  }

  resolve(relative: string): string {
    return relative === '' ? this.path : `${this.path}/${relative}`;
  }

  /** All files below the folder; none when it does not exist. Links are not followed. */
  async listFiles(): Promise<readonly FolderEntry[]> {
    const found: FolderEntry[] = [];
    await this.#walk('', 0, found);
    return found;
  }

  async #walk(relative: string, depth: number, found: FolderEntry[]): Promise<void> {
    for (const { name, kind } of await this.#list(relative)) {
      const path = relative === '' ? name : `${relative}/${name}`;
      if (kind === 'file') found.push({ path, name });
      if (kind === 'directory' && depth < DEPTH_MAX) await this.#walk(path, depth + 1, found);
    }
  }

  async #list(relative: string): Promise<readonly DirectoryEntry[]> {
    const path = this.resolve(relative);
    try {
      return await this.#files.list(path);
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return [];
      throw outputFailed('Listing', path, error);
    }
  }

  async exists(relative: string): Promise<boolean> {
    const path = this.resolve(relative);
    try {
      return (await this.#files.stat(path)) !== undefined;
    } catch (error) {
      throw outputFailed('Looking at', path, error);
    }
  }

  /** For reading; undefined when it does not exist. */
  async open(relative: string): Promise<FileHandle | undefined> {
    const path = this.resolve(relative);
    try {
      return await this.#files.open(path, 'read');
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return undefined;
      throw outputFailed('Opening', path, error);
    }
  }

  /** False when `from` does not exist. Durable after `sync` of both folders. */
  async rename(from: string, to: string): Promise<boolean> {
    try {
      await this.#files.rename(this.resolve(from), this.resolve(to));
      return true;
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return false;
      throw outputFailed('Renaming', this.resolve(from), error);
    }
  }

  /** False when it does not exist. */
  async remove(relative: string): Promise<boolean> {
    try {
      await this.#files.remove(this.resolve(relative));
      return true;
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return false;
      throw outputFailed('Removing', this.resolve(relative), error);
    }
  }

  async makeBucket(relative: string): Promise<void> {
    const path = this.resolve(relative);
    try {
      await this.#files.makeDirectories(path);
    } catch (error) {
      throw outputFailed('Making folder', path, error);
    }
  }

  /** Makes the names in the folders of these files durable. */
  async syncFoldersOf(relativePaths: Iterable<string>): Promise<void> {
    const folders = new Set([...relativePaths].map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/')))));
    for (const folder of folders) await this.syncFolder(folder);
  }

  async syncFolder(relative: string): Promise<void> {
    const path = this.resolve(relative);
    try {
      await this.#files.syncDirectory(path);
    } catch (error) {
      // A folder that somebody removed has no names to keep.
      if (fileErrorCode(error) === 'ENOENT') return;
      throw outputFailed('Syncing folder', path, error);
    }
  }
}
