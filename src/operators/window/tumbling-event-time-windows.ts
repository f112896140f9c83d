import { assert } from '../../base/assert.ts';
import type { Duration } from '../../base/duration.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { Namespace } from '../../base/keyed-state.ts';
import { TimeWindow } from './time-window.ts';
import type { WindowAssigner } from './window-assigner.ts';
import { offsetWithin, positiveMs } from './window-parameters.ts';
import { windowEndMs, windowStartMs } from './window-start.ts';

/** Windows of one size, side by side: each record belongs to exactly one. They start at multiples of the size plus the offset. */
export class TumblingEventTimeWindows implements WindowAssigner<unknown, TimeWindow> {
  readonly kind: string = 'tumbling-event-time';
  readonly identity: string;
  readonly sizeMs: number;
  readonly offsetMs: number;
  /** The window of the last record: neighbours in a stream mostly share it. */
  #last: readonly [TimeWindow] = [new TimeWindow(0, 0)];

  private constructor(sizeMs: number, offsetMs: number) {
    this.sizeMs = sizeMs;
    this.offsetMs = offsetMs;
    this.identity = `${this.kind}(${sizeMs} ms, offset ${offsetMs} ms)`;
  }

  /**
   * @param size '1 d', '10 s', or ms
   * @param offset smaller than the size, may be negative: '-8 h' for days that begin at midnight in China
   */
  static of(size: Duration, offset: Duration = 0): TumblingEventTimeWindows {
    const sizeMs = positiveMs(size, 'tumbling windows', 'size');
    const offsetMs = offsetWithin(offset, { ms: sizeMs, text: `size '${size}'` }, 'tumbling windows');
    return new TumblingEventTimeWindows(sizeMs, offsetMs);
  }

  assignWindows(_value: unknown, timestampMs: EventTimeMs): readonly TimeWindow[] {
    const last = this.#last[0];
    if (timestampMs < last.startMs || timestampMs >= last.endMs) this.#last = [this.#windowOf(timestampMs)];
    return this.#last;
  }

  /** The start. Only one window can start below the first event time, so -Infinity is one window too. */
  toNamespace(window: TimeWindow): Namespace {
    return window.startMs;
  }

  fromNamespace(namespace: Namespace): TimeWindow {
    assert(typeof namespace === 'number', () => `Namespace '${namespace}' is not the start of a window`);
    const window = this.#windowOf(Math.max(namespace, Number.MIN_SAFE_INTEGER));
    assert(window.startMs === namespace, () => `No window of ${this.sizeMs} ms starts at ${namespace}`);
    return window;
  }

  #windowOf(timestampMs: EventTimeMs): TimeWindow {
    return new TimeWindow(
      windowStartMs(timestampMs, this.offsetMs, this.sizeMs),
      windowEndMs(timestampMs, this.offsetMs, this.sizeMs),
    );
  }
}
