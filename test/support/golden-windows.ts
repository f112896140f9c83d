/** The tumbling windows of the recorded cases. */
import type { Collector } from '../../src/operators/functions/collector.ts';
import { OutputTag } from '../../src/operators/functions/output-tag.ts';
import { ProcessWindowFunction } from '../../src/operators/functions/process-window-function.ts';
import type { TimeWindow } from '../../src/operators/window/time-window.ts';
import { TumblingEventTimeWindows } from '../../src/operators/window/tumbling-event-time-windows.ts';
import type { WindowFunction } from '../../src/operators/window/window-function.ts';
import { windowOperator } from '../../src/operators/window/window-operator.ts';
import type { Element } from './golden-replay.ts';
import { keyBy } from './operator-harness.ts';
import type { HarnessOptions } from './operator-harness.ts';

export type WindowResult = Record<string, unknown>;
export type ElementWindows = WindowFunction<Element, unknown, string, TimeWindow>;

const byK = keyBy((element: Element) => element.k);
const late = new OutputTag<Element>('late');

/** What the recorded jobs call Dump: key, window, watermark and the values of the window. */
class Dump extends ProcessWindowFunction<Element, WindowResult, string, TimeWindow> {
  process(key: string, ctx: this['Context'], elements: Iterable<Element>, out: Collector<WindowResult>): void {
    const { startMs: start, endMs: end } = ctx.window;
    out.collect({ key, start, end, wm: ctx.currentWatermark(), vs: [...elements].map(({ v }) => v) });
  }
}

export interface WindowCase {
  readonly size?: number;
  readonly offset?: number;
  /** Late records go to the output 'late'. Default: they are dropped, which the records of most cases cannot tell. */
  readonly keepsLate?: boolean;
}

/** Windows of 10 ms if not said otherwise, keyed by k. */
export function tumblingWindows(makeFunction: () => ElementWindows, windowCase: WindowCase = {}): HarnessOptions {
  const { size = 10, offset = 0, keepsLate = false } = windowCase;
  const makeOperator = (): ReturnType<typeof windowOperator> =>
    windowOperator({
      assigner: TumblingEventTimeWindows.of(size, offset),
      function: makeFunction(),
      key: byK,
      allowedLatenessMs: 0,
      ...(keepsLate ? { lateTag: late } : {}),
    });
  return { makeOperator, key: byK };
}

export function dumpWindows(windowCase: WindowCase = {}): HarnessOptions {
  return tumblingWindows(() => ({ kind: 'process', process: new Dump() }), windowCase);
}
