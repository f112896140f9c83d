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
 * Tumbling windows give one window a record, sliding ones several. Windows that merge (sessions) will need one more method, and
 * state of which window stands for which; nothing here rules that out.
 */
export interface WindowAssigner<T, W extends Window> {
  /** 'tumbling-event-time', ... */
  readonly kind: string;
  /** Kind and parameters. Kept in checkpoints: state of other windows is refused at restore, because namespaces would be misread. */
  readonly identity: string;
  /** Windows of the record, none when it falls into a gap. The array is valid until the next call. */
  assignWindows(value: T, timestampMs: EventTimeMs): readonly W[];
  /** The window as a namespace of state and timers: equal for equal windows, different for different ones; is in checkpoints. */
  toNamespace(window: W): Namespace;
  fromNamespace(namespace: Namespace): W;
}
