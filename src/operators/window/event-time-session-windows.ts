import { assert } from '../../base/assert.ts';
import type { Duration } from '../../base/duration.ts';
import { MillraceError } from '../../base/errors.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { Namespace } from '../../base/keyed-state.ts';
import type { MergingWindowAssigner } from './merging-window-assigner.ts';
import { TimeWindow } from './time-window.ts';
import { positiveMs } from './window-parameters.ts';
import { saturate } from './window-start.ts';

/**
 * Windows of activity: a session lasts until there was no record for the gap. A record at t has the window [t, t + gap); windows
 * that intersect or touch are merged, so two records exactly one gap apart are of one session.
 */
export class EventTimeSessionWindows<T = unknown> implements MergingWindowAssigner<T> {
  readonly kind: string = 'event-time-session';
  /** Without the gap: sessions in state are spans, which another gap lets be. */
  readonly identity: string = 'event-time-session';
  readonly isMerging: true = true;
  readonly #gapOf: (value: T) => number;

  private constructor(gapOf: (value: T) => number) {
    this.#gapOf = gapOf;
  }

  /** @param gap '30 min', or ms */
  static withGap(gap: Duration): EventTimeSessionWindows {
    const gapMs = positiveMs(gap, 'session windows', 'gap');
    return new EventTimeSessionWindows(() => gapMs);
  }

  /**
   * Each record says how long its session waits for the next one.
   * @param gapMsOf whole ms above 0; anything else fails the job with USER_FUNCTION_FAILED
   */
  static withDynamicGap<T>(gapMsOf: (value: T) => number): EventTimeSessionWindows<T> {
    return new EventTimeSessionWindows((value) => checkedGapMs(gapMsOf(value)));
  }

  assignWindows(value: T, timestampMs: EventTimeMs): readonly TimeWindow[] {
    return [new TimeWindow(timestampMs, this.ownWindowEndMs(value, timestampMs))];
  }

  ownWindowEndMs(value: T, timestampMs: EventTimeMs): EventTimeMs {
    return saturate(timestampMs + this.#gapOf(value));
  }

  toNamespace({ startMs, endMs }: TimeWindow): Namespace {
    return `${startMs}..${endMs}`;
  }

  fromNamespace(namespace: Namespace): TimeWindow {
    const [startMs, endMs, ...more] = String(namespace).split('..').map(Number);
    assert(
      startMs !== undefined && endMs !== undefined && startMs < endMs && more.length === 0,
      () => `Namespace '${namespace}' is not a session`,
    );
    return new TimeWindow(startMs, endMs);
  }
}

function checkedGapMs(gapMs: number): number {
  if (Number.isSafeInteger(gapMs) && gapMs > 0) return gapMs;
  throw new MillraceError(
    'USER_FUNCTION_FAILED',
    `Finding the gap of a session failed: '${String(gapMs)}' is not a positive number of whole milliseconds`,
  );
}
