import type { ParquetColumn } from './parquet-schema.ts';

/** Which columns are read and as what. Plain data: it goes to the helper thread. */
export interface ColumnSettings {
  /** Undefined: whatever the file has. */
  readonly schema: Readonly<Record<string, ParquetColumn>> | undefined;
  /** Without schema: these columns, in this order; undefined: all. */
  readonly columns: readonly string[] | undefined;
  /** Without schema: INT64 and DECIMAL stay bigint. */
  readonly bigint: boolean;
  /** Drops what is below a millisecond. */
  readonly truncate: boolean;
}
