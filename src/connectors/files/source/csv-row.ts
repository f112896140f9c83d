import { MillraceError } from '../../../base/errors.ts';
import { csvConverter } from './csv-types.ts';
import type { CsvConverter, CsvTypes } from './csv-types.ts';
import { ParseFailure } from './parse-failure.ts';

interface Column {
  readonly name: string;
  readonly index: number;
  readonly convert: CsvConverter | undefined;
}

/** Makes objects of fields. */
export class CsvRow<T> {
  readonly #fieldCount: number;
  readonly #columns: readonly Column[];
  readonly #convert: (row: Readonly<Record<string, unknown>>) => T;

  /**
   * @param names names of the fields in their order
   * @param types the columns that are wanted; undefined: all, as text
   */
  constructor(
    names: readonly string[],
    types: CsvTypes | undefined,
    convert: (row: Readonly<Record<string, unknown>>) => T,
  ) {
    this.#fieldCount = names.length;
    this.#columns = names
      .map((name, index) => ({ name, index, convert: converterOf(types, name) }))
      .filter(({ name }) => types === undefined || Object.hasOwn(types, name));
    this.#convert = convert;
  }

  /** @throws ParseFailure */
  make(fields: readonly string[], quoted: readonly boolean[] | undefined): T {
    if (fields.length !== this.#fieldCount) {
      throw new ParseFailure(`it has ${count(fields.length, 'field')} instead of ${this.#fieldCount}`);
    }
    const row: Record<string, unknown> = {};
    for (const { name, index, convert } of this.#columns) {
      const field = fields[index] ?? '';
      row[name] = convert === undefined ? field : converted(convert, field, quoted?.[index] === true, name);
    }
    return this.#convert(row);
  }
}

/** Throws SCHEMA_MISMATCH where rows could not be made of a file with these columns. */
export function checkColumns(names: readonly string[], types: CsvTypes | undefined, path: string): void {
  const mismatch = (problem: string): MillraceError =>
    new MillraceError('SCHEMA_MISMATCH', `Reading the header of '${path}' failed: ${problem}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw mismatch(`column '${twice}' is there twice`);
  // Assigning it would set the object's prototype.
  if (names.includes('__proto__')) throw mismatch(`a column cannot be named '__proto__'`);
  const missing = Object.keys(types ?? {}).filter((name) => !names.includes(name));
  if (missing.length > 0) throw mismatch(`there is no column ${missing.map((name) => `'${name}'`).join(', ')}`);
}

function converterOf(types: CsvTypes | undefined, name: string): CsvConverter | undefined {
  const type = types !== undefined && Object.hasOwn(types, name) ? types[name] : undefined;
  return type === undefined ? undefined : csvConverter(type);
}

function converted(convert: CsvConverter, field: string, isQuoted: boolean, name: string): unknown {
  try {
    return convert(field, isQuoted);
  } catch (error) {
    throw error instanceof ParseFailure ? new ParseFailure(`column '${name}' ${error.message}`) : error;
  }
}

function count(n: number, noun: string): string {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}
