/** The functions of the recorded cases with two inputs. */
import type { CoGroupFunction } from '../../src/operators/functions/co-group-function.ts';
import type { CoMapFunction } from '../../src/operators/functions/co-map-function.ts';
import type { Collector } from '../../src/operators/functions/collector.ts';
import { KeyedCoProcessFunction } from '../../src/operators/functions/keyed-co-process-function.ts';
import { valueState } from '../../src/state/descriptors/value-state.ts';
import type { Element } from './golden-replay.ts';

/** Says which input a value came through. */
export const taggedValues: CoMapFunction<Element, Element, unknown> = {
  map1: ({ v }) => ({ in: 1, v }),
  map2: ({ v }) => ({ in: 2, v }),
};

/** The first input adds to the key's sum and sets a timer, the second shows it and clears it with a 0. */
export class SharedSum extends KeyedCoProcessFunction<string, Element, Element, unknown> {
  state = { sum: valueState<number>('sum') };

  override processElement1({ v }: Element, ctx: this['Context']): void {
    this.state.sum.update((this.state.sum.value() ?? 0) + v);
    ctx.timerService.registerEventTimeTimer((ctx.timestamp() ?? Number.NaN) + 10);
  }

  override processElement2({ v }: Element, ctx: this['Context'], out: Collector<unknown>): void {
    const { sum } = this.state;
    out.collect({ key: ctx.currentKey, from: 2, sum: sum.value() ?? null, wm: ctx.timerService.currentWatermark() });
    if (v === 0) sum.clear();
  }

  override onTimer(timer: number, ctx: this['OnTimerContext'], out: Collector<unknown>): void {
    const sum = this.state.sum.value() ?? null;
    out.collect({ key: ctx.currentKey, timer, sum, wm: ctx.timerService.currentWatermark() });
  }
}

export function joinedValues(left: Element, right: Element): unknown {
  return { key: left.k, l: left.v, r: right.v };
}

export const groupedValues: CoGroupFunction<Element, Element, unknown> = (left, right, out) => {
  const l = [...left];
  const r = [...right];
  out.collect({ key: (l[0] ?? r[0])?.k, l: l.map(({ v }) => v), r: r.map(({ v }) => v) });
};
