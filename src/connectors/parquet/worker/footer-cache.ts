import type { FileMetaData } from 'hyparquet';
import { loadHyparquet } from '../load-hyparquet.ts';
import type { FileVersion, ParquetFile } from '../parquet-file.ts';
import { timeParsers } from '../stored-times.ts';

const FILES_MAX = 4;

/** Footers of the last few files: each of a file's row groups needs it. */
export class FooterCache {
  readonly #footers: Map<string, FileMetaData> = new Map();

  async metadata(version: FileVersion, file: ParquetFile): Promise<FileMetaData> {
    const key = `${version.path} ${version.sizeBytes} ${version.modifiedMs}`;
    const known = this.#footers.get(key);
    if (known !== undefined) return known;
    const metadata = await file.metadata(await loadHyparquet(), timeParsers(true));
    for (const oldest of this.#footers.keys()) {
      if (this.#footers.size < FILES_MAX) break;
      this.#footers.delete(oldest);
    }
    this.#footers.set(key, metadata);
    return metadata;
  }
}
