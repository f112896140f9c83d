import { expectTypeOf, test } from 'vitest';
import type { DataStream, KeyedStream, SingleOutputStreamOperator, WindowedStream } from '../../src/api/data-stream.ts';
import { outputTag } from '../../src/api/output-tag.ts';
import type { Collector } from '../../src/operators/functions/collector.ts';
import { KeyedProcessFunction } from '../../src/operators/functions/keyed-process-function.ts';
import { ProcessFunction } from '../../src/operators/functions/process-function.ts';
import { ProcessWindowFunction } from '../../src/operators/functions/process-window-function.ts';
import type { TimeWindow } from '../../src/operators/window/time-window.ts';

interface Order {
  readonly id: string;
  readonly side: 'buy' | 'sell';
  readonly price: number;
}

declare const orders: DataStream<Order>;
declare const bySide: KeyedStream<Order, 'buy' | 'sell'>;
declare const windows: WindowedStream<Order, 'buy' | 'sell', TimeWindow>;

const rejected = outputTag<string>('rejected');

class Prices extends ProcessFunction<Order, number> {
  processElement(order: Order, ctx: this['Context'], out: Collector<number>): void {
    out.collect(order.price);
    ctx.output(rejected, order.id);
    expectTypeOf(ctx.timestamp()).toEqualTypeOf<number | null>();
    // @ts-expect-error a price is a number
    out.collect(order.id);
    // @ts-expect-error the side output takes texts
    ctx.output(rejected, order.price);
    // @ts-expect-error timers need a key
    ctx.timerService.registerEventTimeTimer(1);
    // @ts-expect-error a stream without keys has none
    void ctx.currentKey;
  }
}

class CountBySide extends KeyedProcessFunction<string, Order, { key: string; price: number }> {
  processElement(order: Order, ctx: this['Context'], out: Collector<{ key: string; price: number }>): void {
    ctx.timerService.registerEventTimeTimer(1);
    out.collect({ key: ctx.currentKey, price: order.price });
  }

  override onTimer(timestampMs: number, ctx: this['OnTimerContext']): void {
    expectTypeOf(timestampMs).toEqualTypeOf<number>();
    expectTypeOf(ctx.timeDomain).toEqualTypeOf<'event-time' | 'processing-time'>();
  }
}

class OnlyBuys extends KeyedProcessFunction<'buy', Order, number> {
  processElement(): void {}
}

class Detailed extends KeyedProcessFunction<string, Order & { readonly client: string }, number> {
  processElement(): void {}
}

class DetailedPrices extends ProcessFunction<Order & { readonly client: string }, number> {
  processElement(): void {}
}

class Summary extends ProcessWindowFunction<Order, string, string, TimeWindow> {
  process(key: string, ctx: this['Context'], elements: Iterable<Order>, out: Collector<string>): void {
    out.collect(`${key} ${ctx.window.startMs} ${[...elements].length}`);
  }
}

class OfNumbers extends ProcessWindowFunction<number, string, string, TimeWindow> {
  process(): void {}
}

test('process gives the stream the type that the function emits', () => {
  expectTypeOf(orders.process(new Prices())).toEqualTypeOf<SingleOutputStreamOperator<number>>();
  expectTypeOf(bySide.process(new CountBySide())).toEqualTypeOf<
    SingleOutputStreamOperator<{ key: string; price: number }>
  >();
  expectTypeOf(bySide.process(new Prices())).toEqualTypeOf<SingleOutputStreamOperator<number>>();
});

test('a keyed function on a stream without keys does not compile', () => {
  // @ts-expect-error no key
  orders.process(new CountBySide());
});

test('a function that wants more than the stream carries does not compile', () => {
  // @ts-expect-error orders have no client
  bySide.process(new Detailed());
  // @ts-expect-error orders have no client
  orders.process(new DetailedPrices());
  // @ts-expect-error a key may be 'sell'
  bySide.process(new OnlyBuys());
});

test('window functions take what the window holds', () => {
  expectTypeOf(windows.process(new Summary())).toEqualTypeOf<SingleOutputStreamOperator<string>>();
  expectTypeOf(windows.reduce((a) => a, new Summary())).toEqualTypeOf<SingleOutputStreamOperator<string>>();
  const count = {
    createAccumulator: () => 0,
    add: (_order: Order, acc: number) => acc + 1,
    getResult: (acc: number) => acc,
  };
  expectTypeOf(windows.aggregate(count)).toEqualTypeOf<SingleOutputStreamOperator<number>>();
  expectTypeOf(windows.aggregate(count, new OfNumbers())).toEqualTypeOf<SingleOutputStreamOperator<string>>();
  // @ts-expect-error the aggregate gives numbers
  windows.aggregate(count, new Summary());
  // @ts-expect-error the window holds orders
  windows.process(new OfNumbers());
});
