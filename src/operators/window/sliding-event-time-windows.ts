import { assert } from '../../base/assert.ts';
import type { Duration } from '../../base/duration.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { Namespace } from '../../base/keyed-state.ts';
import { TimeWindow } from './time-window.ts';
import type { WindowAssigner } from './window-assigner.ts';
import { offsetWithin, positiveMs } from './window-parameters.ts';
import { saturate, windowStartMs } from './window-start.ts';

/**
 * A stretch of time, [startMs, endMs), in which no window starts or ends: all its records have the same windows. Panes are as long
 * as they can be.
 */
export interface Pane {
  readonly startMs: EventTimeMs;
  readonly endMs: EventTimeMs;
  /** The first and the last window that the pane belongs to, if there is any, by their starts. */
  readonly firstWindowStartMs: EventTimeMs;
  readonly lastWindowStartMs: EventTimeMs;
  readonly lastMaxTimestampMs: EventTimeMs;
}

const NO_PANE: Pane = {
  startMs: 0,
  endMs: 0,
  firstWindowStartMs: 0,
  lastWindowStartMs: 0,
  lastMaxTimestampMs: 0,
};

const WITHOUT_START = '-Infinity..';

/**
 * Windows of one size that start at multiples of the slide plus the offset. With a slide below the size they overlap, and a record
 * belongs to several; with one above it there are gaps, and a record in a gap belongs to none.
 */
export class SlidingEventTimeWindows implements WindowAssigner<unknown, TimeWindow> {
  readonly kind: string = 'sliding-event-time';
  readonly identity: string;
  readonly sizeMs: number;
  readonly slideMs: number;
  readonly offsetMs: number;
  /** That of the last record, and the one before: neighbours in a stream mostly share it. */
  #pane: Pane = NO_PANE;
  #otherPane: Pane = NO_PANE;
  #assignedPane: Pane = NO_PANE;
  #windows: readonly TimeWindow[] = [];

  private constructor(sizeMs: number, slideMs: number, offsetMs: number) {
    this.sizeMs = sizeMs;
    this.slideMs = slideMs;
    this.offsetMs = offsetMs;
    this.identity = `${this.kind}(${sizeMs} ms every ${slideMs} ms, offset ${offsetMs} ms)`;
  }

  /**
   * @param size '1 h', '10 s', or ms
   * @param slide from the start of one window to that of the next
   * @param offset smaller than the slide, may be negative
   */
  static of(size: Duration, slide: Duration, offset: Duration = 0): SlidingEventTimeWindows {
    const sizeMs = positiveMs(size, 'sliding windows', 'size');
    const slideMs = positiveMs(slide, 'sliding windows', 'slide');
    const offsetMs = offsetWithin(offset, { ms: slideMs, text: `slide '${slide}'` }, 'sliding windows');
    return new SlidingEventTimeWindows(sizeMs, slideMs, offsetMs);
  }

  /** Latest first. */
  assignWindows(_value: unknown, timestampMs: EventTimeMs): readonly TimeWindow[] {
    const pane = this.paneAt(timestampMs);
    if (pane !== this.#assignedPane) {
      this.#windows = this.#windowsOf(timestampMs);
      this.#assignedPane = pane;
    }
    return this.#windows;
  }

  /** The pane that holds the timestamp, which must be finite. */
  paneAt(timestampMs: EventTimeMs): Pane {
    if (holds(this.#pane, timestampMs)) return this.#pane;
    const other = this.#otherPane;
    this.#otherPane = this.#pane;
    this.#pane = holds(other, timestampMs) ? other : this.#makePane(timestampMs);
    return this.#pane;
  }

  /** The start of the last window that has ended when the watermark is here; -Infinity where that is beyond event time. */
  lastWindowStartAt(watermarkMs: EventTimeMs): EventTimeMs {
    const startMs = watermarkMs + 1 - this.sizeMs;
    if (!Number.isSafeInteger(startMs)) return Number.NEGATIVE_INFINITY;
    return windowStartMs(startMs, this.offsetMs, this.slideMs);
  }

  /** The start. Below the first event time several windows may start, which their ends tell apart. */
  toNamespace({ startMs, endMs }: TimeWindow): Namespace {
    return Number.isFinite(startMs) ? startMs : `${WITHOUT_START}${endMs}`;
  }

  fromNamespace(namespace: Namespace): TimeWindow {
    if (typeof namespace === 'number') return new TimeWindow(namespace, saturate(namespace + this.sizeMs));
    const endMs = Number(namespace.slice(WITHOUT_START.length));
    assert(Number.isSafeInteger(endMs), () => `Namespace '${namespace}' is not a window`);
    return new TimeWindow(Number.NEGATIVE_INFINITY, endMs);
  }

  // Distances from the timestamp: the moments themselves may be beyond event time, where sums are not exact.

  #windowsOf(timestampMs: EventTimeMs): readonly TimeWindow[] {
    const { sizeMs, slideMs, offsetMs } = this;
    const windows: TimeWindow[] = [];
    for (let behind = distanceToStart(timestampMs, offsetMs, slideMs); behind < sizeMs; behind += slideMs) {
      windows.push(new TimeWindow(saturate(timestampMs - behind), saturate(timestampMs + (sizeMs - behind))));
    }
    return windows;
  }

  /** Between two starts of windows one window, at most, ends: there is a cut where it does. */
  #makePane(timestampMs: EventTimeMs): Pane {
    const { sizeMs, slideMs, offsetMs } = this;
    const sinceStart = distanceToStart(timestampMs, offsetMs, slideMs);
    const cut = sizeMs % slideMs;
    const isBehindCut = sinceStart >= cut;
    const startMs = timestampMs - sinceStart + (isBehindCut ? cut : 0);
    const lastWindowStartMs = timestampMs - sinceStart;
    const olderWindows = Math.floor((sizeMs - 1 - (isBehindCut ? cut : 0)) / slideMs);
    return {
      startMs,
      endMs: timestampMs - sinceStart + (isBehindCut ? slideMs : cut),
      // Windows that start before time does are none.
      firstWindowStartMs: Math.max(lastWindowStartMs - olderWindows * slideMs, Number.MIN_SAFE_INTEGER),
      lastWindowStartMs,
      lastMaxTimestampMs: saturate(lastWindowStartMs + sizeMs) - 1,
    };
  }
}

function holds(pane: Pane, timestampMs: EventTimeMs): boolean {
  return timestampMs >= pane.startMs && timestampMs < pane.endMs;
}

/** How far the last start at or before the timestamp lies behind it. */
function distanceToStart(timestampMs: EventTimeMs, offsetMs: number, slideMs: number): number {
  const remainder = ((timestampMs % slideMs) - offsetMs) % slideMs;
  return remainder < 0 ? remainder + slideMs : remainder;
}
