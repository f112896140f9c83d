import type { RowGroup } from 'hyparquet';

/**
 * The earliest value of a column in a row group, ms, from the footer's statistics; undefined when they do not say. The metadata
 * must have been read with truncating time parsers, so that times are numbers, and rounded down.
 */
export function earliestMs(rowGroup: RowGroup, column: string): number | undefined {
  const chunk = rowGroup.columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === column);
  const statistics = chunk?.meta_data?.statistics;
  const earliest = statistics?.min_value ?? statistics?.min;
  if (typeof earliest === 'bigint') return Number(earliest);
  return typeof earliest === 'number' ? Math.floor(earliest) : undefined;
}
