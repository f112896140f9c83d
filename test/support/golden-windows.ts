/** The windows of the recorded cases. */
import type { Namespace } from '../../src/base/keyed-state.ts';
import { TimeWindow } from '../../src/operators/window/time-window.ts';
import { TumblingEventTimeWindows } from '../../src/operators/window/tumbling-event-time-windows.ts';
import type { WindowAssigner } from '../../src/operators/window/window-assigner.ts';
import type { WindowFunction } from '../../src/operators/window/window-function.ts';
import { windowOperator } from '../../src/operators/window/window-operator.ts';
import { windowStartMs } from '../../src/operators/window/window-start.ts';
import type { Element } from './golden-replay.ts';
import { Dump, late } from './golden-window-functions.ts';
import { keyBy } from './operator-harness.ts';
import type { HarnessOptions } from './operator-harness.ts';

export type ElementWindows = WindowFunction<Element, unknown, string, TimeWindow>;

const byK = keyBy((element: Element) => element.k);
/**
 * Sliding windows are not offered yet. These, for tests alone, show that the operator takes an assigner that gives a record
 * several windows, or none.
 */
class SlidingWindows implements WindowAssigner<unknown, TimeWindow> {
  readonly kind = 'sliding-event-time';
  readonly identity = 'sliding-event-time';
  readonly #sizeMs: number;
  readonly #slideMs: number;

  constructor(sizeMs: number, slideMs: number) {
    this.#sizeMs = sizeMs;
    this.#slideMs = slideMs;
  }

  assignWindows(_: unknown, timestampMs: number): TimeWindow[] {
    const windows: TimeWindow[] = [];
    let startMs = windowStartMs(timestampMs, 0, this.#slideMs);
    for (; startMs > timestampMs - this.#sizeMs; startMs -= this.#slideMs) windows.push(this.fromNamespace(startMs));
    return windows;
  }

  toNamespace({ startMs }: TimeWindow): Namespace {
    return startMs;
  }

  fromNamespace(namespace: Namespace): TimeWindow {
    return new TimeWindow(Number(namespace), Number(namespace) + this.#sizeMs);
  }
}

export interface WindowCase {
  readonly size?: number;
  readonly offset?: number;
  /** Sliding windows instead of tumbling ones. */
  readonly slide?: number;
  /** Late records go to the output 'late'. Default: they are dropped, which the records of most cases cannot tell. */
  readonly keepsLate?: boolean;
}

/** Windows of 10 ms if not said otherwise, keyed by k. */
export function windows(makeFunction: () => ElementWindows, windowCase: WindowCase = {}): HarnessOptions {
  const { size = 10, offset = 0, slide, keepsLate = false } = windowCase;
  const makeOperator = (): ReturnType<typeof windowOperator> =>
    windowOperator({
      assigner: slide === undefined ? TumblingEventTimeWindows.of(size, offset) : new SlidingWindows(size, slide),
      function: makeFunction(),
      key: byK,
      allowedLatenessMs: 0,
      ...(keepsLate ? { lateTag: late } : {}),
    });
  return { makeOperator, key: byK };
}

export function dumpWindows(windowCase: WindowCase = {}): HarnessOptions {
  return windows(() => ({ kind: 'process', process: new Dump() }), windowCase);
}
