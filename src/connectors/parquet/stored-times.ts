/**
 * Times of Parquet as ms since the epoch; zoneless ones count as UTC. NaN stands for a time that has no exact ms: whoever knows
 * the row reports it.
 */
import type { ParquetParsers } from 'hyparquet';

const MS_PER_DAY = 86_400_000;
const MICROS_PER_MS = 1000;
const NANOS_PER_MS = 1_000_000n;
const NANOS_PER_DAY = 86_400_000_000_000n;
/** Julian day number of 1970-01-01. */
const JULIAN_EPOCH = 2_440_588n;

export type TimeParsers = Pick<
  ParquetParsers,
  'timestampFromMilliseconds' | 'timestampFromMicroseconds' | 'timestampFromNanoseconds' | 'dateFromDays'
>;

/** @param truncate drops what is below a millisecond, towards the past */
export function timeParsers(truncate: boolean): TimeParsers {
  const exact = (ms: number): number => (truncate ? Math.floor(ms) : Number.isInteger(ms) ? ms : Number.NaN);
  return {
    timestampFromMilliseconds: (millis) => Number(millis),
    timestampFromMicroseconds: (micros) => exact(Number(micros) / MICROS_PER_MS),
    timestampFromNanoseconds: (nanos) => {
      // As numbers, nanoseconds of today would have lost their last digits.
      const rest = ((nanos % NANOS_PER_MS) + NANOS_PER_MS) % NANOS_PER_MS;
      return rest === 0n || truncate ? Number((nanos - rest) / NANOS_PER_MS) : Number.NaN;
    },
    dateFromDays: (days) => days * MS_PER_DAY,
  };
}

/** The day in the upper 32 bits, nanoseconds of the day in the lower 64. */
export function nanosFromInt96(value: bigint): bigint {
  return ((value >> 64n) - JULIAN_EPOCH) * NANOS_PER_DAY + BigInt.asUintN(64, value);
}
