/**
 * All values of one column of a row group, converted page by page. Of pages with a dictionary only the dictionary is converted.
 * Every value is looked at, so one that cannot be held is found with its row.
 */
import { MillraceError } from '../../../base/errors.ts';
import type { BatchColumn, ColumnValues } from '../column-batch.ts';
import type { ColumnPlan } from '../column-plan.ts';
import type { TimeParsers } from '../stored-times.ts';
import type { Page, PageValues } from './column-pages.ts';
import { stored } from './stored.ts';
import { numberConversion, storedInteger, valueConversion } from './stored-values.ts';

export interface ColumnPlace {
  readonly path: string;
  readonly plan: ColumnPlan;
  readonly rowCount: number;
  /** Number of the row group's first row in the file, from 0: for messages. */
  readonly firstRow: number;
}

export interface DecodedColumn {
  /** Rows [start, end) in buffers of their own. */
  slice(start: number, end: number): BatchColumn;
}

/** @throws NUMBER_NOT_SAFE, RECORD_MALFORMED (a time below ms), SCHEMA_MISMATCH (a null), each with column and row */
export function decodeColumn(pages: Iterable<Page>, place: ColumnPlace, times: TimeParsers): DecodedColumn {
  switch (place.plan.type) {
    case 'int':
    case 'double':
    case 'decimal':
    case 'timestamp':
    case 'date':
    case 'boolean':
      return numberColumn(pages, place, times);
    case 'string':
      return stringColumn(pages, place);
    case 'bigint':
    case 'bytes':
    case 'json':
      return valueColumn(pages, place);
  }
}

/** Where each value of a page goes. Without nulls rows follow each other. */
class Rows {
  readonly #place: ColumnPlace;
  #nulls: Uint8Array<ArrayBuffer> | undefined;
  #nextRow = 0;

  constructor(place: ColumnPlace) {
    this.#place = place;
  }

  /** Calls `put` with the row of each value of the page, in order. */
  place({ rowCount, levels }: Page, put: (row: number, index: number) => void): void {
    const start = this.#nextRow;
    this.#nextRow += rowCount;
    if (levels === undefined) {
      for (let index = 0; index < rowCount; index++) put(start + index, index);
      return;
    }
    let index = 0;
    for (let at = 0; at < rowCount; at++) {
      if (levels[at] === 1) put(start + at, index++);
      else this.#markNull(start + at);
    }
  }

  nulls(start: number, end: number): Uint8Array<ArrayBuffer> | undefined {
    const nulls = this.#nulls?.slice(start, end);
    return nulls?.includes(1) === true ? nulls : undefined;
  }

  #markNull(row: number): void {
    if (!this.#place.plan.isNullable) {
      throw new MillraceError(
        'SCHEMA_MISMATCH',
        `${failedAt(this.#place, row)} it is null, and the schema allows none`,
      );
    }
    this.#nulls ??= new Uint8Array(this.#place.rowCount);
    this.#nulls[row] = 1;
  }
}

function numberColumn(pages: Iterable<Page>, place: ColumnPlace, times: TimeParsers): DecodedColumn {
  const { toNumber, isExact } = numberConversion(place.plan, times);
  const rows = new Rows(place);
  const values = new Float64Array(place.rowCount);
  const ofDictionary = oncePerDictionary((dictionary) => Float64Array.from(dictionary, toNumber));
  for (const page of pages) {
    const numbers = presentNumbers(page.values, ofDictionary, toNumber);
    rows.place(page, (row, index) => {
      const number = stored(numbers[index], 'a value');
      if (isExact && Number.isNaN(number)) throw notExact(place, row, storedAt(page.values, index));
      values[row] = number;
    });
  }
  return {
    slice: (start, end) => ({ values: numbersOf(place.plan, values, start, end), nulls: rows.nulls(start, end) }),
  };
}

function presentNumbers(
  values: PageValues,
  ofDictionary: (dictionary: ArrayLike<unknown>) => Float64Array,
  toNumber: (value: unknown) => number,
): Float64Array {
  if (values.kind === 'plain') return Float64Array.from(values.values, toNumber);
  const { indexes, dictionary } = values;
  const converted = ofDictionary(dictionary);
  const numbers = new Float64Array(indexes.length);
  for (let index = 0; index < indexes.length; index++)
    numbers[index] = stored(converted[indexes[index] ?? 0], 'an entry of a dictionary');
  return numbers;
}

function numbersOf({ type }: ColumnPlan, values: Float64Array, start: number, end: number): ColumnValues {
  if (type === 'boolean') return { kind: 'boolean', values: Uint8Array.from(values.subarray(start, end)) };
  const kind = type === 'timestamp' || type === 'date' ? 'time' : 'number';
  return { kind, values: new Float64Array(values.subarray(start, end)) };
}

/** Each different string once; a batch takes the strings that its rows have. */
function stringColumn(pages: Iterable<Page>, place: ColumnPlace): DecodedColumn {
  const toText = valueConversion(place.plan);
  const rows = new Rows(place);
  const codes = new Uint32Array(place.rowCount);
  const codeByText = new Map<string, number>();
  const codeOf = (value: unknown): number => {
    const text = String(toText(value));
    const code = codeByText.get(text) ?? codeByText.size;
    codeByText.set(text, code);
    return code;
  };
  const ofDictionary = oncePerDictionary((dictionary) => Uint32Array.from(dictionary, codeOf));
  for (const page of pages) {
    const { values } = page;
    const codeAt = valueAt(values, ofDictionary, codeOf);
    rows.place(page, (row, index) => {
      codes[row] = codeAt(index);
    });
  }
  const texts = [...codeByText.keys()];
  return {
    slice: (start, end) => ({ values: stringsOf(texts, codes.subarray(start, end)), nulls: rows.nulls(start, end) }),
  };
}

function stringsOf(texts: readonly string[], codes: Uint32Array): ColumnValues {
  const own = new Uint16Array(codes.length);
  const ownCodes = new Map<number, number>();
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    let ownCode = ownCodes.get(code);
    if (ownCode === undefined) {
      ownCode = ownCodes.size;
      ownCodes.set(code, ownCode);
    }
    own[index] = ownCode;
  }
  return { kind: 'string', codes: own, strings: [...ownCodes.keys()].map((code) => texts[code] ?? '') };
}

function valueColumn(pages: Iterable<Page>, place: ColumnPlace): DecodedColumn {
  const toValue = valueConversion(place.plan);
  const rows = new Rows(place);
  const values: unknown[] = Array.from({ length: place.rowCount }, () => null);
  const ofDictionary = oncePerDictionary((dictionary) => Array.from(dictionary, toValue));
  for (const page of pages) {
    const at = valueAt(page.values, ofDictionary, toValue);
    rows.place(page, (row, index) => {
      values[row] = at(index);
    });
  }
  return {
    slice: (start, end) => ({
      values: { kind: 'value', values: values.slice(start, end) },
      nulls: rows.nulls(start, end),
    }),
  };
}

function valueAt<V>(
  values: PageValues,
  ofDictionary: (dictionary: ArrayLike<unknown>) => ArrayLike<V>,
  convert: (value: unknown) => V,
): (index: number) => V {
  if (values.kind === 'plain') return (index) => convert(values.values[index]);
  const { indexes, dictionary } = values;
  const converted = ofDictionary(dictionary);
  return (index) => stored(converted[stored(indexes[index], 'an index')], 'an entry of a dictionary');
}

/** Pages of a column chunk share one dictionary. */
function oncePerDictionary<V>(convert: (dictionary: ArrayLike<unknown>) => V): (dictionary: ArrayLike<unknown>) => V {
  const converted = new Map<ArrayLike<unknown>, V>();
  return (dictionary) => {
    const known = converted.get(dictionary) ?? convert(dictionary);
    converted.set(dictionary, known);
    return known;
  };
}

function storedAt(values: PageValues, index: number): unknown {
  return values.kind === 'plain' ? values.values[index] : values.dictionary[values.indexes[index] ?? 0];
}

function notExact(place: ColumnPlace, row: number, value: unknown): MillraceError {
  const { type, scale } = place.plan;
  if (type === 'timestamp' || type === 'date') {
    const message = `${failedAt(place, row)} the time has a part below a millisecond; truncate: true drops it`;
    return new MillraceError('RECORD_MALFORMED', message);
  }
  const digits = `${storedInteger(value, place.plan)}${scale === 0 ? '' : `e-${scale}`}`;
  return new MillraceError('NUMBER_NOT_SAFE', `${failedAt(place, row)} ${digits} cannot be held exactly by a number`);
}

function failedAt({ path, plan, firstRow }: ColumnPlace, row: number): string {
  return `Reading column '${plan.name}' at row ${firstRow + row} of '${path}' failed:`;
}
