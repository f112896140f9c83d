import type { EventTimeMs } from '../../base/event-time.ts';
import type { Namespace } from '../../base/keyed-state.ts';

/** A bounded part of a stream. */
export interface Window {
  /** The last moment that belongs to the window: when the watermark reaches it, the window fires. */
  readonly maxTimestampMs: EventTimeMs;
}

/**
 * Says which windows a record belongs to. Called by the window operator only, synchronously; without state of its own, so that
 * the same record gets the same windows after a restore.
 *
 * Tumbling windows give one window a record, sliding ones several. Windows that merge are a MergingWindowAssigner's.
 */
export interface WindowAssigner<T, W extends Window> {
  /** 'tumbling-event-time', ... */
  readonly kind: string;
  /** What tells how windows in state are to be read. Kept in checkpoints: state of other windows is refused at restore. */
  readonly identity: string;
  /** Windows of the record, none when it falls into a gap. The array is valid until the next call. */
  assignWindows(value: T, timestampMs: EventTimeMs): readonly W[];
  /** The window as a namespace of state: equal for equal windows, different for different ones; is in checkpoints. */
  toNamespace(window: W): Namespace;
  fromNamespace(namespace: Namespace): W;
}
