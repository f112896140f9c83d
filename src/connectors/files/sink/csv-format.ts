import { MillraceError } from '../../../base/errors.ts';
import { jsonText } from './json-lines-format.ts';
import type { RowFormat } from './row-format.ts';

export interface CsvOptions<T> {
  /** Columns in their order: names of properties. */
  readonly columns: readonly (keyof T & string)[];
  /** A line with the names at the beginning of each file; default true. */
  readonly header?: boolean;
  /** One character; default ','. */
  readonly delimiter?: string;
}

/**
 * CSV by the quoting rules of RFC 4180, with \n as the line end: a field with a delimiter, a quote or a line break stands in
 * quotes, quotes inside are doubled. null and undefined are empty fields; an empty string is "", so that the two differ. A Date
 * is its ISO text, objects and arrays are JSON, functions and symbols are empty.
 */
export class CsvFormat<T> implements RowFormat<T> {
  readonly suffix = '.csv';
  readonly header: string;
  readonly #columns: readonly (keyof T & string)[];
  readonly #delimiter: string;
  readonly #needsQuotes: RegExp;

  /** @throws JOB_DEFINITION_INVALID */
  constructor(options: CsvOptions<T>) {
    this.#columns = options.columns;
    this.#delimiter = options.delimiter ?? ',';
    if (options.columns.length === 0) {
      throw new MillraceError('JOB_DEFINITION_INVALID', 'Making a CSV sink failed: it has no columns');
    }
    if (this.#delimiter.length !== 1 || /["\r\n]/.test(this.#delimiter)) {
      const message = `Making a CSV sink with delimiter '${this.#delimiter}' failed: it must be one character, and not a quote or line end`;
      throw new MillraceError('JOB_DEFINITION_INVALID', message);
    }
    this.#needsQuotes = new RegExp(`["\\r\\n\\u{${this.#delimiter.charCodeAt(0).toString(16)}}]`, 'u');
    this.header = options.header === false ? '' : this.#line(options.columns);
  }

  format(value: T): string {
    return this.#line(this.#columns.map((column) => value[column]));
  }

  #line(fields: readonly unknown[]): string {
    return `${fields.map((field) => this.#field(field)).join(this.#delimiter)}\n`;
  }

  #field(value: unknown): string {
    if (value === null || value === undefined) return '';
    if (value === '') return '""';
    const text = fieldText(value);
    return this.#needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return typeof value === 'object' ? jsonText(value) : '';
}
