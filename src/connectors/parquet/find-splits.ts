/** Looks for the files and reads their footers: one split for each row group that has rows. */
import type { FileMetaData } from 'hyparquet';
import type { Environment } from '../../base/environment.ts';
import { MillraceError } from '../../base/errors.ts';
import { discoverFiles } from '../files/source/file-discovery.ts';
import type { FoundFile } from '../files/source/file-discovery.ts';
import { planColumns } from './column-plan.ts';
import { loadHyparquet } from './load-hyparquet.ts';
import type { Hyparquet } from './load-hyparquet.ts';
import { ParquetFile, unreadable } from './parquet-file.ts';
import type { ColumnSettings } from './parquet-settings.ts';
import { compareParquetSplits } from './parquet-split.ts';
import type { ParquetSplit } from './parquet-split.ts';
import { earliestMs } from './row-group-bounds.ts';
import { timeParsers } from './stored-times.ts';

export interface ParquetInput {
  readonly paths: readonly string[];
  readonly columns: ColumnSettings;
  /** Column by whose time the input is sorted. */
  readonly ordered: string | undefined;
}

/** @throws INPUT_NOT_FOUND, INPUT_UNREADABLE, INPUT_CHANGED, SCHEMA_MISMATCH, PEER_DEPENDENCY_MISSING */
export async function findParquetSplits(
  environment: Environment,
  input: ParquetInput,
): Promise<readonly ParquetSplit[]> {
  const hyparquet = await loadHyparquet();
  const { paths } = input;
  const found = await discoverFiles(environment.files, { paths, include: [], exclude: [], mayBeEmpty: false });
  const splits: ParquetSplit[] = [];
  for (const file of found) splits.push(...(await splitsOf(environment, hyparquet, file, input)));
  return splits.toSorted(compareParquetSplits);
}

async function splitsOf(
  environment: Environment,
  hyparquet: Hyparquet,
  found: FoundFile,
  { columns, ordered }: ParquetInput,
): Promise<readonly ParquetSplit[]> {
  const file = await ParquetFile.open((path) => environment.files.open(path, 'read'), found);
  try {
    const metadata = await file.metadata(hyparquet, timeParsers(true));
    planColumns(found.path, metadata, columns);
    checkNulls(found.path, metadata, columns);
    return rowGroupSplits(found, metadata, ordered);
  } catch (error) {
    throw unreadable(found.path, error);
  } finally {
    await file.close();
  }
}

/** As far as the statistics say it, nulls where the schema has none are found before the first row; the others when they come. */
function checkNulls(path: string, metadata: FileMetaData, { schema }: ColumnSettings): void {
  const withNulls = Object.entries(schema ?? {})
    .filter(([, type]) => !type.endsWith('?'))
    .map(([name]) => name)
    .filter((name) => metadata.row_groups.some((group) => nullCount(group.columns, name) > 0n));
  if (withNulls.length === 0) return;
  const differences = withNulls.map((name) => `column '${name}' has nulls, so its type needs a '?'`);
  throw new MillraceError('SCHEMA_MISMATCH', `Reading '${path}' failed: ${differences.join('; ')}`);
}

function nullCount(columns: FileMetaData['row_groups'][number]['columns'], name: string): bigint {
  const chunk = columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === name);
  return chunk?.meta_data?.statistics?.null_count ?? 0n;
}

function rowGroupSplits(file: FoundFile, metadata: FileMetaData, ordered: string | undefined): readonly ParquetSplit[] {
  return metadata.row_groups.flatMap((group, rowGroup): ParquetSplit[] => {
    const rowCount = Number(group.num_rows);
    if (rowCount === 0) return [];
    const earliest = ordered === undefined ? null : earliestMs(group, ordered);
    if (earliest === undefined) {
      const message = `Reading '${file.path}' in the order of column '${ordered}' failed: row group ${rowGroup} has no statistics of it that are times`;
      throw new MillraceError('SCHEMA_MISMATCH', message);
    }
    const { path, sizeBytes, modifiedMs } = file;
    return [
      {
        splitId: `${path}#${rowGroup}`,
        path,
        sizeBytes,
        modifiedMs,
        rowGroup,
        rowCount,
        positionRows: 0,
        earliestMs: earliest,
      },
    ];
  });
}
