/**
 * Event time: an integer number of ms since the epoch within ±2^53. -Infinity and +Infinity stand for Flink's Long.MIN_VALUE
 * and Long.MAX_VALUE inside the engine; edges (files, codec, golden data) map them. NaN marks a record without timestamp.
 */
export type EventTimeMs = number;

/** The timestamp of a record that has none. Test with `Number.isNaN` or `hasTimestamp`, never with ===. */
export const NO_TIMESTAMP: EventTimeMs = Number.NaN;
/** The watermark before any was received. */
export const WATERMARK_MIN: EventTimeMs = Number.NEGATIVE_INFINITY;
/** The watermark at the end of input: all windows and timers fire. */
export const WATERMARK_MAX: EventTimeMs = Number.POSITIVE_INFINITY;

export function hasTimestamp(timestampMs: EventTimeMs): boolean {
  return timestampMs === timestampMs;
}

/** True for what an assigner or source may return as a timestamp: an integer within ±2^53. */
export function isEventTime(timestampMs: unknown): timestampMs is EventTimeMs {
  return Number.isSafeInteger(timestampMs);
}
