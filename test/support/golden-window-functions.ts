/** The window functions of the recorded jobs. Free of any test framework, so that job modules can have them. */
import type { AggregateFunction } from '../../src/operators/functions/aggregate-function.ts';
import type { Collector } from '../../src/operators/functions/collector.ts';
import { OutputTag } from '../../src/operators/functions/output-tag.ts';
import { ProcessWindowFunction } from '../../src/operators/functions/process-window-function.ts';
import type { TimeWindow } from '../../src/operators/window/time-window.ts';
import type { Element } from './golden-replay.ts';

export type WindowResult = Record<string, unknown>;

export const late: OutputTag<Element> = new OutputTag<Element>('late');
export const side: OutputTag<unknown> = new OutputTag<unknown>('side');

/** What the recorded jobs call Dump: key, window, watermark and the values of the window. */
export class Dump extends ProcessWindowFunction<Element, WindowResult, string, TimeWindow> {
  process(key: string, ctx: this['Context'], elements: Iterable<Element>, out: Collector<WindowResult>): void {
    const { startMs: start, endMs: end } = ctx.window;
    out.collect({ key, start, end, wm: ctx.currentWatermark(), vs: [...elements].map(({ v }) => v) });
  }
}

/** As Dump, with the values sorted, as the recordings of sessions have them: their order depends on how sessions were merged. */
export class DumpSorted extends ProcessWindowFunction<Element, WindowResult, string, TimeWindow> {
  process(key: string, ctx: this['Context'], elements: Iterable<Element>, out: Collector<WindowResult>): void {
    const { startMs: start, endMs: end } = ctx.window;
    const vs = [...elements].map(({ v }) => v).sort((a, b) => a - b);
    out.collect({ key, start, end, wm: ctx.currentWatermark(), vs });
  }
}

/** The one result of a reduce or aggregate, under the name that the recording gives it. */
export class DumpResult<Result> extends ProcessWindowFunction<Result, WindowResult, string, TimeWindow> {
  readonly #name: string;

  constructor(name: string) {
    super();
    this.#name = name;
  }

  process(key: string, ctx: this['Context'], elements: Iterable<Result>, out: Collector<WindowResult>): void {
    const results = [...elements];
    const { startMs: start, endMs: end } = ctx.window;
    out.collect({ key, start, end, wm: ctx.currentWatermark(), [this.#name]: results[0], n: results.length });
  }
}

export class SideDump extends ProcessWindowFunction<Element, WindowResult, string, TimeWindow> {
  process(key: string, ctx: this['Context'], elements: Iterable<Element>, out: Collector<WindowResult>): void {
    const values = [...elements].map(({ v }) => v);
    for (const v of values) if (v > 5) ctx.output(side, { key, v });
    out.collect({ key, n: values.length });
  }
}

export interface CountAndSum {
  count: number;
  sum: number;
}

/** Changes its accumulator in place, as most do. */
export const countAndSum: AggregateFunction<Element, CountAndSum, CountAndSum> = {
  createAccumulator: () => ({ count: 0, sum: 0 }),
  add: ({ v }, accumulator) => {
    accumulator.count++;
    accumulator.sum += v;
    return accumulator;
  },
  getResult: (accumulator) => accumulator,
};

export const mergedCountAndSum: AggregateFunction<Element, CountAndSum, CountAndSum> = {
  ...countAndSum,
  merge: (a, b) => {
    a.count += b.count;
    a.sum += b.sum;
    return a;
  },
};

export const joinIds = (a: Element, b: Element): Element => ({ k: a.k, v: a.v + b.v, id: `${a.id}+${b.id}` });
