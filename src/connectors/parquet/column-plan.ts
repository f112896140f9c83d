/** Decides, for one file, which columns are read and what becomes of their values; finds every difference to a given schema. */
import type { FileMetaData, SchemaElement } from 'hyparquet';
import { MillraceError } from '../../base/errors.ts';
import { fileColumns } from './file-columns.ts';
import type { FileColumn, StoredAs } from './file-columns.ts';
import { isNullable, typeOfColumn } from './parquet-schema.ts';
import type { ParquetColumn, ParquetType } from './parquet-schema.ts';
import type { ColumnSettings } from './parquet-settings.ts';

export interface ColumnPlan {
  readonly name: string;
  readonly storedAs: StoredAs;
  readonly scale: number;
  /** What rows get. */
  readonly type: ParquetType;
  readonly isNullable: boolean;
  readonly element: SchemaElement;
}

/** @throws SCHEMA_MISMATCH with all differences */
export function planColumns(path: string, metadata: FileMetaData, settings: ColumnSettings): readonly ColumnPlan[] {
  const columns = fileColumns(metadata);
  const byName = new Map(columns.map((column) => [column.name, column]));
  const differences: string[] = [];
  const plans: ColumnPlan[] = [];
  for (const [name, wanted] of wantedColumns(columns, settings)) {
    const column = byName.get(name);
    const plan = column === undefined ? undefined : planColumn(column, wanted, settings);
    if (plan === undefined) differences.push(differenceOf(name, column, wanted));
    else plans.push(plan);
  }
  if (differences.length === 0) return plans;
  throw new MillraceError('SCHEMA_MISMATCH', `Reading '${path}' failed: ${differences.join('; ')}`);
}

/** Undefined as the wanted type: whatever it is. */
function wantedColumns(
  columns: readonly FileColumn[],
  { schema, columns: names }: ColumnSettings,
): readonly (readonly [string, ParquetColumn | undefined])[] {
  if (schema !== undefined) return Object.entries(schema);
  return (names ?? columns.map(({ name }) => name)).map((name) => [name, undefined]);
}

function planColumn(
  column: FileColumn,
  wanted: ParquetColumn | undefined,
  { bigint }: ColumnSettings,
): ColumnPlan | undefined {
  const { name, storedAs, scale, element } = column;
  const types = TYPES[storedAs];
  if (wanted === undefined) {
    const type = bigint && types.includes('bigint') ? 'bigint' : types[0];
    return type === undefined ? undefined : { name, storedAs, scale, type, isNullable: true, element };
  }
  const type = typeOfColumn(wanted);
  // A decimal without digits after the point is a whole number.
  const isWholeDecimal = storedAs === 'decimal' && scale === 0 && type === 'int';
  if (!types.includes(type) && !isWholeDecimal) return undefined;
  return { name, storedAs, scale, type, isNullable: isNullable(wanted), element };
}

/** What a column may be read as; first what it is without a schema. */
const TYPES: Readonly<Record<StoredAs, readonly ParquetType[]>> = {
  boolean: ['boolean'],
  int: ['int', 'bigint', 'double'],
  'unsigned int': ['int', 'bigint', 'double'],
  float: ['double'],
  float16: ['double'],
  decimal: ['decimal', 'bigint', 'double'],
  millis: ['timestamp'],
  micros: ['timestamp'],
  nanos: ['timestamp'],
  int96: ['timestamp'],
  days: ['date', 'timestamp'],
  text: ['string'],
  uuid: ['string'],
  json: ['json'],
  bytes: ['bytes'],
  'bytes or text': ['bytes', 'string'],
  nested: ['json'],
  'nested with decimal': [],
};

function differenceOf(name: string, column: FileColumn | undefined, wanted: ParquetColumn | undefined): string {
  if (column === undefined) return `column '${name}' is missing`;
  const is = `column '${name}' is ${column.description}`;
  if (column.storedAs === 'nested with decimal') return `${is} with a DECIMAL in it, which is not supported`;
  return wanted === undefined ? `${is}, which is not supported` : `${is}, not '${typeOfColumn(wanted)}'`;
}
