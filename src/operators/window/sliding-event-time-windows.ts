import { assert } from '../../base/assert.ts';
import type { Duration } from '../../base/duration.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { Namespace } from '../../base/keyed-state.ts';
import { TimeWindow } from './time-window.ts';
import type { WindowAssigner } from './window-assigner.ts';
import { offsetWithin, positiveMs } from './window-parameters.ts';
import { saturate, windowEndMs, windowStartMs } from './window-start.ts';

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
  /** All records of one pane have the same windows: no window starts or ends within one. Panes are as long as possible. */
  readonly paneMs: number;
  /** The pane of the last record, [start, end), and its windows: neighbours in a stream mostly share them. */
  #paneStartMs = 0;
  #paneEndMs = 0;
  #windows: readonly TimeWindow[] = [];

  private constructor(sizeMs: number, slideMs: number, offsetMs: number) {
    this.sizeMs = sizeMs;
    this.slideMs = slideMs;
    this.offsetMs = offsetMs;
    this.paneMs = greatestCommonDivisor(sizeMs, slideMs);
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
    if (timestampMs < this.#paneStartMs || timestampMs >= this.#paneEndMs) this.#enterPane(timestampMs);
    return this.#windows;
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

  #enterPane(timestampMs: EventTimeMs): void {
    const { sizeMs, slideMs, offsetMs, paneMs } = this;
    this.#paneStartMs = windowStartMs(timestampMs, offsetMs % paneMs, paneMs);
    this.#paneEndMs = windowEndMs(timestampMs, offsetMs % paneMs, paneMs);
    const windows: TimeWindow[] = [];
    // Distances from the timestamp: the moments themselves may be beyond event time, where sums are not exact.
    const last = distanceToStart(timestampMs, offsetMs, slideMs);
    for (let behind = last; behind < sizeMs; behind += slideMs) {
      windows.push(new TimeWindow(saturate(timestampMs - behind), saturate(timestampMs + (sizeMs - behind))));
    }
    this.#windows = windows;
  }
}

/** How far the last start at or before the timestamp lies behind it. */
function distanceToStart(timestampMs: EventTimeMs, offsetMs: number, slideMs: number): number {
  const remainder = ((timestampMs % slideMs) - offsetMs) % slideMs;
  return remainder < 0 ? remainder + slideMs : remainder;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [larger, smaller] = [a, b];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
