/**
 * What a Parquet file's schema says of its top-level columns. The annotations come twice in files: as converted types (old) and
 * as logical types (new), and writers leave out either.
 */
import type { FileMetaData, SchemaElement } from 'hyparquet';
import { must } from '../../base/assert.ts';

/** How a column's values are stored and meant. */
export type StoredAs =
  | 'boolean'
  | 'int'
  | 'unsigned int'
  | 'float'
  | 'float16'
  | 'decimal'
  | 'millis'
  | 'micros'
  | 'nanos'
  /** Of the Julian day and nanoseconds of the day, 12 bytes. */
  | 'int96'
  | 'days'
  | 'text'
  | 'uuid'
  | 'json'
  | 'bytes'
  /** Bytes without annotation: older writers mean text. */
  | 'bytes or text'
  /** A struct, list or map. */
  | 'nested'
  | 'nested with decimal';

export interface FileColumn {
  readonly name: string;
  readonly storedAs: StoredAs;
  /** Digits after the decimal point; 0 unless it is a decimal. */
  readonly scale: number;
  /** 'INT64 (TIMESTAMP)': for messages. */
  readonly description: string;
  readonly element: SchemaElement;
}

export function fileColumns({ schema }: Pick<FileMetaData, 'schema'>): readonly FileColumn[] {
  const columns: FileColumn[] = [];
  for (let index = 1; index < schema.length;) {
    const width = subtreeWidth(schema, index);
    columns.push(columnOf(schema.slice(index, index + width)));
    index += width;
  }
  return columns;
}

/** Elements stand in depth-first order; each says how many children follow. */
function subtreeWidth(elements: readonly SchemaElement[], index: number): number {
  let width = 1;
  const children = elements[index]?.num_children ?? 0;
  for (let child = 0; child < children; child++) width += subtreeWidth(elements, index + width);
  return width;
}

function columnOf(elements: readonly SchemaElement[]): FileColumn {
  const element = must(elements[0], 'schema element');
  const { name } = element;
  if (elements.length > 1 || element.repetition_type === 'REPEATED') {
    const hasDecimal = elements.some((each) => annotationOf(each) === 'DECIMAL');
    return {
      name,
      storedAs: hasDecimal ? 'nested with decimal' : 'nested',
      scale: 0,
      description: 'a nested column',
      element,
    };
  }
  const annotation = annotationOf(element);
  const description = `${element.type}${annotation === '' ? '' : ` (${annotation})`}`;
  const storedAs = annotatedForm(element) ?? plainForm(element);
  return { name, storedAs, scale: scaleOf(element), description, element };
}

function scaleOf(element: SchemaElement): number {
  if (annotationOf(element) !== 'DECIMAL') return 0;
  return element.scale ?? (element.logical_type?.type === 'DECIMAL' ? element.logical_type.scale : 0);
}

/** One word for either kind of annotation, '' for none. */
export function annotationOf({ converted_type: converted, logical_type: logical }: SchemaElement): string {
  if (logical?.type !== undefined) return logical.type;
  if (converted === undefined) return '';
  if (converted === 'UTF8') return 'STRING';
  return converted.replace(/_(MILLIS|MICROS)$/, '').replace(/^U?INT_\d+$/, 'INTEGER');
}

function annotatedForm(element: SchemaElement): StoredAs | undefined {
  switch (annotationOf(element)) {
    case 'DECIMAL':
      return 'decimal';
    case 'DATE':
      return 'days';
    case 'TIMESTAMP':
      return timestampForm(element);
    case 'INTEGER':
      return isUnsigned(element) ? 'unsigned int' : 'int';
    case 'STRING':
    case 'ENUM':
      return 'text';
    case 'UUID':
      return 'uuid';
    case 'JSON':
      return 'json';
    case 'FLOAT16':
      return 'float16';
    case 'BSON':
    case 'INTERVAL':
      return 'bytes';
    default:
      return undefined;
  }
}

function timestampForm({ converted_type: converted, logical_type: logical }: SchemaElement): StoredAs {
  const unit = logical?.type === 'TIMESTAMP' ? logical.unit : undefined;
  if (unit === 'NANOS') return 'nanos';
  return unit === 'MICROS' || converted === 'TIMESTAMP_MICROS' ? 'micros' : 'millis';
}

function isUnsigned({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  if (logical?.type === 'INTEGER') return !logical.isSigned;
  return converted?.startsWith('UINT_') ?? false;
}

function plainForm({ type }: SchemaElement): StoredAs {
  switch (type) {
    case 'BOOLEAN':
      return 'boolean';
    case 'INT32':
    case 'INT64':
      return 'int';
    case 'INT96':
      return 'int96';
    case 'FLOAT':
    case 'DOUBLE':
      return 'float';
    case 'BYTE_ARRAY':
      return 'bytes or text';
    default:
      return 'bytes';
  }
}
