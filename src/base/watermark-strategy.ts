/**
 * Event time of a source: who assigns timestamps and how watermarks follow from them. One generator works per split; its state
 * is part of the split's position in a checkpoint (Flink forgets it; see docs/differences-from-flink.md).
 */
import type { EventTimeMs } from './event-time.ts';

export interface WatermarkGenerator {
  /** Called for each record. May return a watermark to emit right after the record (punctuated), else undefined. */
  onEvent(timestampMs: EventTimeMs, value: unknown): EventTimeMs | undefined;
  /** Called each pipeline.auto-watermark-interval. The watermark as far as known; WATERMARK_MIN for none. */
  current(): EventTimeMs;
  /**
   * Asked after each record and each period. While true, the split (or stream) counts as idle, until the generator's next
   * watermark that grows. Absent: only `idleTimeoutMs` decides.
   */
  isIdle?(): boolean;
  snapshot(): unknown;
  restore(state: unknown): void;
}

/** Typed over what the source emits. Kept as plain functions: strategies are never serialised. */
export interface WatermarkStrategy<T> {
  readonly timestampAssigner: ((value: T, recordTimestampMs: EventTimeMs) => EventTimeMs) | undefined;
  readonly createGenerator: () => WatermarkGenerator;
  /** ms without a record after which a split counts as idle; undefined: never. */
  readonly idleTimeoutMs: number | undefined;
}
