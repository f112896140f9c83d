/** The windows of the recorded cases. */
import { EventTimeSessionWindows } from '../../src/operators/window/event-time-session-windows.ts';
import { SlidingEventTimeWindows } from '../../src/operators/window/sliding-event-time-windows.ts';
import type { TimeWindow } from '../../src/operators/window/time-window.ts';
import { TumblingEventTimeWindows } from '../../src/operators/window/tumbling-event-time-windows.ts';
import type { WindowAssigner } from '../../src/operators/window/window-assigner.ts';
import type { WindowFunction } from '../../src/operators/window/window-function.ts';
import { windowOperator } from '../../src/operators/window/window-operator.ts';
import type { Element } from './golden-replay.ts';
import { Dump, late } from './golden-window-functions.ts';
import { keyBy } from './operator-harness.ts';
import type { HarnessOptions } from './operator-harness.ts';

export type ElementWindows = WindowFunction<Element, unknown, string, TimeWindow>;

const byK = keyBy((element: Element) => element.k);
export interface WindowCase {
  readonly size?: number;
  readonly offset?: number;
  /** Sliding windows instead of tumbling ones. */
  readonly slide?: number;
  /** Sessions instead; a function for one that each record gives. */
  readonly gap?: number | ((element: Element) => number);
  /** Late records go to the output 'late'. Default: they are dropped, which the records of most cases cannot tell. */
  readonly keepsLate?: boolean;
}

/** Windows of 10 ms if not said otherwise, keyed by k. */
export function windows(makeFunction: () => ElementWindows, windowCase: WindowCase = {}): HarnessOptions {
  const { keepsLate = false } = windowCase;
  const makeOperator = (): ReturnType<typeof windowOperator> =>
    windowOperator({
      assigner: assignerOf(windowCase),
      function: makeFunction(),
      key: byK,
      allowedLatenessMs: 0,
      ...(keepsLate ? { lateTag: late } : {}),
    });
  return { makeOperator, key: byK };
}

function assignerOf({ size = 10, offset = 0, slide, gap }: WindowCase): WindowAssigner<Element, TimeWindow> {
  if (typeof gap === 'function') return EventTimeSessionWindows.withDynamicGap(gap);
  if (gap !== undefined) return EventTimeSessionWindows.withGap(gap);
  return slide === undefined
    ? TumblingEventTimeWindows.of(size, offset)
    : SlidingEventTimeWindows.of(size, slide, offset);
}

export function dumpWindows(windowCase: WindowCase = {}): HarnessOptions {
  return windows(() => ({ kind: 'process', process: new Dump() }), windowCase);
}
