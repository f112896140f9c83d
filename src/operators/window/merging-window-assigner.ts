import type { EventTimeMs } from '../../base/event-time.ts';
import type { TimeWindow } from './time-window.ts';
import type { Window, WindowAssigner } from './window-assigner.ts';

/**
 * Assigns each record a window of its own; windows of one key that intersect or touch become one, which spans them all. `merge` of
 * the contents must be possible: an aggregate needs `merge`.
 */
export interface MergingWindowAssigner<T> extends WindowAssigner<T, TimeWindow> {
  readonly isMerging: true;
  /** The end, exclusive, of the record's own window, which starts at its timestamp. Called once a record. */
  ownWindowEndMs(value: T, timestampMs: EventTimeMs): EventTimeMs;
}

export function isMergingAssigner<T>(assigner: WindowAssigner<T, Window>): assigner is MergingWindowAssigner<T> {
  return 'isMerging' in assigner && assigner.isMerging === true;
}
