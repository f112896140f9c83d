import { ParseFailure } from './parse-failure.ts';

/**
 * What a column's text becomes. With '?' an empty field is null (for 'string?' only one without quotes); without, it is an
 * error for all but 'string'.
 *
 * number: decimal notation, finite. bigint: an integer. boolean: true or false. date: ISO 8601, a date alone or with a time; without
 * a zone it counts as UTC, and a part below 1 ms is an error.
 */
export type CsvType = 'string' | 'number' | 'bigint' | 'boolean' | 'date' | OptionalCsvType;
export type OptionalCsvType = 'string?' | 'number?' | 'bigint?' | 'boolean?' | 'date?';

export type CsvTypes = Readonly<Record<string, CsvType>>;

interface CsvTypeMap {
  string: string;
  number: number;
  bigint: bigint;
  boolean: boolean;
  date: Date;
}

export type CsvValue<Type extends CsvType> = Type extends `${infer Base extends keyof CsvTypeMap}?`
  ? CsvTypeMap[Base] | null
  : Type extends keyof CsvTypeMap
    ? CsvTypeMap[Type]
    : never;

/** `isQuoted`: the field stood in quotes. Throws ParseFailure. */
export type CsvConverter = (field: string, isQuoted: boolean) => unknown;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^[+-]?\d+$/;
const ISO_DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:(\.\d{1,3})0*)?(Z|[+-]\d{2}:?\d{2})?)?$/;

const CONVERT: Readonly<Record<keyof CsvTypeMap, (field: string) => unknown>> = {
  string: (field) => field,
  number: (field) => {
    const value = NUMBER.test(field) ? Number(field) : Number.NaN;
    if (!Number.isFinite(value)) throw new ParseFailure('is not a number');
    return value;
  },
  bigint: (field) => {
    if (!INTEGER.test(field)) throw new ParseFailure('is not an integer');
    return BigInt(field.startsWith('+') ? field.slice(1) : field);
  },
  boolean: (field) => {
    if (field !== 'true' && field !== 'false') throw new ParseFailure('is neither true nor false');
    return field === 'true';
  },
  date: parseDate,
};

export function csvConverter(type: CsvType): CsvConverter | undefined {
  switch (type) {
    case 'string':
      return undefined;
    case 'string?':
      return (field, isQuoted) => (field === '' && !isQuoted ? null : field);
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'date':
      return CONVERT[type];
    case 'number?':
      return optional(CONVERT.number);
    case 'bigint?':
      return optional(CONVERT.bigint);
    case 'boolean?':
      return optional(CONVERT.boolean);
    case 'date?':
      return optional(CONVERT.date);
  }
}

function optional(convert: (field: string) => unknown): CsvConverter {
  return (field) => (field === '' ? null : convert(field));
}

/** Only ISO 8601, and never the time zone of the machine, which `new Date(text)` would take for a time without a zone. */
function parseDate(field: string): Date {
  const match = ISO_DATE.exec(field);
  if (match !== null) {
    const [, day = '', time = '00:00', fraction = '', zone = 'Z'] = match;
    const date = new Date(
      `${day}T${time}${fraction}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`,
    );
    // A day that the month does not have rolls over instead of failing.
    if (!Number.isNaN(date.getTime()) && isRealDay(day)) return date;
  }
  throw new ParseFailure('is not a date');
}

function isRealDay(day: string): boolean {
  const date = new Date(`${day}T00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
