import { MillraceError } from '../base/errors.ts';

/**
 * The natural order of two values of one type, as Java's compareTo: negative, 0 or positive. Numbers: NaN is above all others and
 * -0 is below 0. Texts by UTF-16 units, dates by time, false before true.
 */
export function compareFields(a: unknown, b: unknown, field: string): number {
  if (typeof a === 'number' && typeof b === 'number') return compareNumbers(a, b);
  if (a instanceof Date && b instanceof Date) return compareNumbers(a.getTime(), b.getTime());
  if (
    (typeof a === 'bigint' && typeof b === 'bigint') ||
    (typeof a === 'string' && typeof b === 'string') ||
    (typeof a === 'boolean' && typeof b === 'boolean')
  ) {
    return a === b ? 0 : a < b ? -1 : 1;
  }
  throw new MillraceError(
    'USER_FUNCTION_FAILED',
    `Comparing field '${field}' failed: ${describe(a)} and ${describe(b)} have no order`,
    { recovery: 'fail-job' },
  );
}

function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return a !== 0 || Object.is(a, b) ? 0 : Object.is(a, -0) ? -1 : 1;
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  return -1;
}

function describe(value: unknown): string {
  return value === null ? 'null' : value instanceof Date ? 'a Date' : `a ${typeof value}`;
}
