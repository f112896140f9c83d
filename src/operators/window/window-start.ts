import type { EventTimeMs } from '../../base/event-time.ts';

/**
 * The largest start <= `timestampMs` with (start - offset) a multiple of the size. Exact for all event times; a start below
 * -2^53 is -Infinity (Flink's 64-bit arithmetic wraps around there).
 *
 * @param offsetMs |offset| < size
 */
export function windowStartMs(timestampMs: EventTimeMs, offsetMs: number, sizeMs: number): EventTimeMs {
  // Remainders first: timestamp - offset itself might not be exact.
  const remainder = ((timestampMs % sizeMs) - offsetMs) % sizeMs;
  const intoWindow = remainder < 0 ? remainder + sizeMs : remainder;
  return saturate(timestampMs - intoWindow);
}

/** The end of the window that holds `timestampMs`, exclusive; Infinity when it is above 2^53. */
export function windowEndMs(timestampMs: EventTimeMs, offsetMs: number, sizeMs: number): EventTimeMs {
  const remainder = ((timestampMs % sizeMs) - offsetMs) % sizeMs;
  const toEnd = remainder < 0 ? -remainder : sizeMs - remainder;
  return saturate(timestampMs + toEnd);
}

/** Beyond ±2^53 event time ends at infinity. */
export function saturate(timeMs: number): EventTimeMs {
  if (timeMs > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
  return timeMs < Number.MIN_SAFE_INTEGER ? Number.NEGATIVE_INFINITY : timeMs;
}
