/** The functions of the recorded jobs: what `process` was given. Free of any test framework, so that job modules can have them. */
import type { EventTimeMs } from '../../src/base/event-time.ts';
import type { Collector } from '../../src/operators/functions/collector.ts';
import { KeyedProcessFunction } from '../../src/operators/functions/keyed-process-function.ts';
import { ProcessFunction } from '../../src/operators/functions/process-function.ts';
import { aggregatingState } from '../../src/state/descriptors/aggregating-state.ts';
import { listState } from '../../src/state/descriptors/list-state.ts';
import { mapState } from '../../src/state/descriptors/map-state.ts';
import { reducingState } from '../../src/state/descriptors/reducing-state.ts';
import { valueState } from '../../src/state/descriptors/value-state.ts';
import type { Element } from './golden-replay.ts';

export type Result = Record<string, unknown>;

export class PlainProcess extends ProcessFunction<Element, Result> {
  processElement({ v }: Element, ctx: this['Context'], out: Collector<Result>): void {
    out.collect({ v, ts: ctx.timestamp(), wm: ctx.timerService.currentWatermark() });
    out.collect({ v: -v });
  }
}

/** Ids are commands, separated by ';'. */
export class TimerCommands extends KeyedProcessFunction<string, Element, Result> {
  processElement({ id }: Element, ctx: this['Context'], out: Collector<Result>): void {
    for (const command of id.split(';')) this.#run(command, ctx, out);
  }

  override onTimer(timestampMs: number, ctx: this['OnTimerContext'], out: Collector<Result>): void {
    out.collect({
      key: ctx.currentKey,
      timer: timestampMs,
      domain: domainOf(ctx),
      ctxTs: ctx.timestamp(),
      wm: ctx.timerService.currentWatermark(),
    });
  }

  #run(command: string, ctx: this['Context'], out: Collector<Result>): void {
    const { timerService: timers } = ctx;
    const [name, time] = command.split(' ');
    const timestampMs = time === 'MAX' ? Number.POSITIVE_INFINITY : Number(time);
    switch (name) {
      case 'reg':
        return timers.registerEventTimeTimer(timestampMs);
      case 'del':
        return timers.deleteEventTimeTimer(timestampMs);
      case 'preg':
        return timers.registerProcessingTimeTimer(timestampMs);
      case 'pdel':
        return timers.deleteProcessingTimeTimer(timestampMs);
      case 'show':
        return out.collect({ key: ctx.currentKey, show: true, ts: ctx.timestamp(), wm: timers.currentWatermark() });
      case 'showp':
        return out.collect({
          key: ctx.currentKey,
          show: true,
          ts: ctx.timestamp(),
          pt: timers.currentProcessingTime(),
        });
      default:
        throw new Error(`No command '${command}'`);
    }
  }
}

export class BothDomains extends KeyedProcessFunction<string, Element, Result> {
  processElement({ v }: Element, { timerService }: this['Context']): void {
    timerService.registerEventTimeTimer(v);
    timerService.registerProcessingTimeTimer(v);
  }

  override onTimer(timer: number, ctx: this['OnTimerContext'], out: Collector<Result>): void {
    const { currentKey: key, timerService } = ctx;
    out.collect({
      key,
      timer,
      domain: domainOf(ctx),
      wm: timerService.currentWatermark(),
      pt: timerService.currentProcessingTime(),
    });
  }
}

function domainOf({ timeDomain }: { readonly timeDomain: string }): string {
  return timeDomain === 'event-time' ? 'event' : 'processing';
}

/** The classic count with timeout. */
export class Inactivity extends KeyedProcessFunction<string, Element, Result> {
  state = { count: valueState<number>('count', { default: 0 }), last: valueState<number>('last') };

  processElement(_: Element, ctx: this['Context']): void {
    const timestampMs = ctx.timestamp() ?? Number.NaN;
    this.state.count.update(this.state.count.value() + 1);
    this.state.last.update(timestampMs);
    ctx.timerService.registerEventTimeTimer(timestampMs + 60);
  }

  override onTimer(timestampMs: number, ctx: this['OnTimerContext'], out: Collector<Result>): void {
    const last = this.state.last.value();
    if (last !== undefined && timestampMs === last + 60) {
      out.collect({ key: ctx.currentKey, count: this.state.count.value(), last });
    }
  }
}

export class TimersFromTimers extends KeyedProcessFunction<string, Element, Result> {
  state = { fired: valueState<number>('fired', { default: 0 }) };

  processElement({ v }: Element, ctx: this['Context']): void {
    ctx.timerService.registerEventTimeTimer(v);
  }

  override onTimer(timer: number, ctx: this['OnTimerContext'], out: Collector<Result>): void {
    const { timerService } = ctx;
    const n = this.state.fired.value();
    out.collect({ key: ctx.currentKey, timer, n, wm: timerService.currentWatermark() });
    this.state.fired.update(n + 1);
    if (n === 0) for (const after of [-3, 0, 4, 1000]) timerService.registerEventTimeTimer(timer + after);
    else if (n < 5) timerService.registerEventTimeTimer(timer + 10);
  }
}

export class ProcessingTimeChain extends KeyedProcessFunction<string, Element, Result> {
  state = { fired: valueState<number>('fired', { default: 0 }) };

  processElement({ v }: Element, ctx: this['Context'], out: Collector<Result>): void {
    ctx.timerService.registerProcessingTimeTimer(v);
    out.collect({ key: ctx.currentKey, pt: ctx.timerService.currentProcessingTime() });
  }

  override onTimer(
    timer: number,
    { currentKey: key, timerService }: this['OnTimerContext'],
    out: Collector<Result>,
  ): void {
    const n = this.state.fired.value();
    out.collect({ key, timer, n, pt: timerService.currentProcessingTime() });
    this.state.fired.update(n + 1);
    if (n < 6) timerService.registerProcessingTimeTimer(timer + 10);
    if (n === 1) timerService.registerProcessingTimeTimer(timer - 100);
  }
}

export class FuzzTimers extends KeyedProcessFunction<string, Element, Result> {
  state = { sum: valueState<number>('sum') };

  processElement({ v }: Element, ctx: this['Context']): void {
    const ts: EventTimeMs = ctx.timestamp() ?? Number.NaN;
    const boundary = ts - (ts % 10) + 10;
    this.state.sum.update((this.state.sum.value() ?? 0) + v);
    if (v % 4 === 3) {
      ctx.timerService.deleteEventTimeTimer(boundary);
      return;
    }
    ctx.timerService.registerEventTimeTimer(boundary);
    ctx.timerService.registerEventTimeTimer(ts + v);
  }

  override onTimer(timer: number, ctx: this['OnTimerContext'], out: Collector<Result>): void {
    const sum = this.state.sum.value();
    out.collect({ key: ctx.currentKey, timer, sum: sum ?? null });
    if (timer % 10 === 0) {
      if (sum !== undefined && sum > 40) this.state.sum.clear();
    } else if (timer % 3 === 0) {
      ctx.timerService.registerEventTimeTimer(timer + 2);
    }
  }
}

export class StateKinds extends KeyedProcessFunction<string, Element, Result> {
  state = {
    value: valueState<number | null>('value'),
    list: listState<number>('list'),
    map: mapState<string, number | null>('map'),
    reducing: reducingState<number>('reducing', (a, b) => a + b),
    aggregating: aggregatingState<number, { count: number; sum: number }, { count: number; sum: number }>(
      'aggregating',
      {
        createAccumulator: () => ({ count: 0, sum: 0 }),
        add: (v, accumulator) => {
          accumulator.count++;
          accumulator.sum += v;
          return accumulator;
        },
        getResult: (accumulator) => accumulator,
      },
    ),
  };

  processElement({ v, id: cmd }: Element, ctx: this['Context'], out: Collector<Result>): void {
    const [command = '', name = ''] = cmd.split(' ');
    this.#run(command, name, v);
    const { value, list, map, reducing, aggregating } = this.state;
    out.collect({
      key: ctx.currentKey,
      cmd,
      value: value.value() ?? null,
      list: list.get(),
      map: Object.fromEntries(map.entries()),
      mapEmpty: map.isEmpty(),
      containsX: map.contains('x'),
      reducing: reducing.get() ?? null,
      aggregating: aggregating.get() ?? null,
    });
  }

  #run(command: string, name: string, v: number): void {
    const { value, list, map, reducing, aggregating } = this.state;
    switch (command) {
      case 'add':
        value.update(v);
        list.add(v);
        map.put(name, v);
        reducing.add(v);
        return aggregating.add(v);
      case 'addAll':
        list.addAll([v, v + 1]);
        return map.putAll(Object.entries({ x: v, y: v + 1 }));
      case 'update':
        return list.update([v, 2 * v]);
      case 'updateEmpty':
        return list.update([]);
      case 'remove':
        return map.remove(name);
      case 'null':
        value.update(null);
        return map.put('n', null);
      case 'clear':
        return [value, list, map, reducing, aggregating].forEach((state) => state.clear());
      case 'show':
        return;
      default:
        throw new Error(`No command '${command}'`);
    }
  }
}
