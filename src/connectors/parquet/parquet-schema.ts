/** What a job expects of the columns of its Parquet files, and the type of the rows that follows from it. */

interface ValueByType {
  /** A whole number; NUMBER_NOT_SAFE when it is beyond ±2^53. */
  readonly int: number;
  /** Whole numbers of any size; of a DECIMAL its digits without the decimal point. */
  readonly bigint: bigint;
  readonly double: number;
  readonly decimal: number;
  readonly string: string;
  readonly boolean: boolean;
  readonly timestamp: Date;
  readonly date: Date;
  readonly bytes: Uint8Array;
  /** JSON columns, parsed, and nested ones: structs, lists, maps. */
  readonly json: unknown;
}

export type ParquetType = keyof ValueByType;

/** With '?' the column may hold nulls; without, a null is an error. */
export type ParquetColumn = ParquetType | `${ParquetType}?`;

export type ParquetValue<Column extends ParquetColumn> = Column extends `${infer Type extends ParquetType}?`
  ? ValueByType[Type] | null
  : Column extends ParquetType
    ? ValueByType[Column]
    : never;

export interface ParquetSchema<T> {
  /** In the order of the rows' properties. */
  readonly columns: Readonly<Record<string, ParquetColumn>>;
  /** Never set: carries the type. */
  readonly row?: T;
}

/**
 * `parquetSchema({ date: 'timestamp', delay: 'int', tailNumber: 'string?' })`. Columns of a file that are not named are not
 * read. The files are held against it before the first row: SCHEMA_MISMATCH lists every difference.
 */
export function parquetSchema<const Columns extends Readonly<Record<string, ParquetColumn>>>(
  columns: Columns,
): ParquetSchema<{ -readonly [Name in keyof Columns]: ParquetValue<Columns[Name]> }> {
  return { columns };
}

export function typeOfColumn(column: ParquetColumn): ParquetType {
  // The template type says that nothing but one '?' can follow the type.
  return (column.endsWith('?') ? column.slice(0, -1) : column) as ParquetType;
}

export function isNullable(column: ParquetColumn): boolean {
  return column.endsWith('?');
}
