import type { SourceSplit } from '../../base/source.ts';
import type { FileVersion } from './parquet-file.ts';

/** Version of ParquetSplit and of the enumerator's state. History: 1 first version. */
export const PARQUET_SPLIT_VERSION = 1;

/** One row group of one file, with the position in it. Persisted. */
export interface ParquetSplit extends SourceSplit, FileVersion {
  /** Index of the row group in the file. */
  readonly rowGroup: number;
  readonly rowCount: number;
  /** Rows already emitted. */
  readonly positionRows: number;
  /** No row is earlier than this; null when the source is not ordered. */
  readonly earliestMs: number | null;
}

/** The order of assignment: of time when the source is ordered, of path and row group otherwise and among equal times. */
export function compareParquetSplits(a: ParquetSplit, b: ParquetSplit): number {
  if (a.earliestMs !== null && b.earliestMs !== null && a.earliestMs !== b.earliestMs)
    return a.earliestMs - b.earliestMs;
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.rowGroup - b.rowGroup;
}

export interface ParquetEnumeratorState {
  /** False until the files have been looked for. */
  readonly isDiscovered: boolean;
  /** Not assigned, in order. */
  readonly pending: readonly ParquetSplit[];
}
