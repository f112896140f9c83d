/**
 * From values as Parquet stores them to values of rows: a function for each column. Numbers: NaN stands for a value that cannot
 * be held exactly; whoever knows the row reports it.
 */
import { parseFloat16 } from 'hyparquet/src/convert.js';
import { MillraceError } from '../../../base/errors.ts';
import { must, unreachable } from '../../../base/assert.ts';
import type { ColumnPlan } from '../column-plan.ts';
import { nanosFromInt96 } from '../stored-times.ts';
import type { TimeParsers } from '../stored-times.ts';

/** For columns of numbers and times; `isExact` says that NaN means a value that cannot be held. */
export interface NumberConversion {
  readonly toNumber: (stored: unknown) => number;
  readonly isExact: boolean;
}

export function numberConversion({ storedAs, scale }: ColumnPlan, times: TimeParsers): NumberConversion {
  switch (storedAs) {
    case 'boolean':
      return { toNumber: (stored) => (stored === true ? 1 : 0), isExact: false };
    case 'float':
      return { toNumber: Number, isExact: false };
    case 'float16':
      return { toNumber: (stored) => must(parseFloat16(bytesOf(stored)), 'half float'), isExact: false };
    case 'int':
      return { toNumber: safeNumber, isExact: true };
    case 'unsigned int':
      return { toNumber: (stored) => safeNumber(asUnsigned(stored)), isExact: true };
    case 'decimal':
      // Two exact numbers divided give the nearest number to the decimal; a factor like 0.01 would not.
      return { toNumber: (stored) => safeNumber(unscaled(stored)) / 10 ** scale, isExact: true };
    case 'days':
      return { toNumber: (stored) => times.dateFromDays(Number(stored)), isExact: true };
    case 'millis':
      return { toNumber: (stored) => times.timestampFromMilliseconds(bigintOf(stored)), isExact: true };
    case 'micros':
      return { toNumber: (stored) => times.timestampFromMicroseconds(bigintOf(stored)), isExact: true };
    case 'nanos':
      return { toNumber: (stored) => times.timestampFromNanoseconds(bigintOf(stored)), isExact: true };
    case 'int96':
      return { toNumber: (stored) => times.timestampFromNanoseconds(nanosFromInt96(bigintOf(stored))), isExact: true };
    default:
      throw new Error(`A column stored as '${storedAs}' has no numbers`);
  }
}

/** For columns of texts and of anything else. */
export function valueConversion({ name, storedAs, type }: ColumnPlan): (stored: unknown) => unknown {
  if (type === 'bigint') return bigintConversion(storedAs);
  if (type === 'string') return storedAs === 'uuid' ? (stored) => uuidText(bytesOf(stored)) : textOf;
  if (type === 'json') return (stored) => parsedJson(name, textOf(stored));
  // A copy: the page would stay in memory as long as one value of it.
  return (stored) => bytesOf(stored).slice();
}

function parsedJson(column: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MillraceError('RECORD_MALFORMED', `Reading column '${column}' failed: a value of it is not JSON`);
  }
}

function bigintConversion(storedAs: ColumnPlan['storedAs']): (stored: unknown) => bigint {
  if (storedAs === 'decimal') return unscaled;
  return storedAs === 'unsigned int' ? (stored) => BigInt(asUnsigned(stored)) : bigintOf;
}

/** All digits of a whole number, or of a decimal without its point. */
export function storedInteger(stored: unknown, { storedAs }: ColumnPlan): bigint {
  return bigintConversion(storedAs)(stored);
}

function safeNumber(stored: unknown): number {
  const number = Number(stored);
  return Number.isSafeInteger(number) ? number : Number.NaN;
}

function asUnsigned(stored: unknown): number | bigint {
  return typeof stored === 'bigint' ? BigInt.asUintN(64, stored) : Number(stored) >>> 0;
}

/** Bytes are big-endian two's complement. */
function unscaled(stored: unknown): bigint {
  if (!(stored instanceof Uint8Array)) return bigintOf(stored);
  let digits = 0n;
  for (const byte of stored) digits = (digits << 8n) | BigInt(byte);
  return BigInt.asIntN(stored.length * 8, digits);
}

function bigintOf(stored: unknown): bigint {
  if (typeof stored === 'bigint') return stored;
  return typeof stored === 'number' ? BigInt(stored) : unreachable(stored as never);
}

function bytesOf(stored: unknown): Uint8Array {
  return stored instanceof Uint8Array ? stored : unreachable(stored as never);
}

/** Faster for short texts than a TextDecoder. */
function textOf(stored: unknown): string {
  const bytes = bytesOf(stored);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

function uuidText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
