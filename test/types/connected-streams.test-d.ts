import { expectTypeOf, test } from 'vitest';
import type {
  ConnectedStreams,
  DataStream,
  KeyedConnectedStreams,
  KeyedStream,
  SingleOutputStreamOperator,
} from '../../src/api/data-stream.ts';
import { outputTag } from '../../src/api/output-tag.ts';
import { CoProcessFunction } from '../../src/operators/functions/co-process-function.ts';
import type { Collector } from '../../src/operators/functions/collector.ts';
import { FlatJoinFunction } from '../../src/operators/functions/join-function.ts';
import { KeyedCoProcessFunction } from '../../src/operators/functions/keyed-co-process-function.ts';
import { EventTimeSessionWindows } from '../../src/operators/window/event-time-session-windows.ts';
import { SlidingEventTimeWindows } from '../../src/operators/window/sliding-event-time-windows.ts';
import { TumblingEventTimeWindows } from '../../src/operators/window/tumbling-event-time-windows.ts';
import { valueState } from '../../src/state/descriptors/value-state.ts';

interface Order {
  readonly id: string;
  readonly number: number;
  readonly amount: number;
}

interface Payment {
  readonly order: string;
  readonly number: number;
  readonly method: string;
}

declare const orders: DataStream<Order>;
declare const payments: DataStream<Payment>;
declare const ordersById: KeyedStream<Order, string>;
declare const paymentsByOrder: KeyedStream<Payment, string>;
declare const paymentsByNumber: KeyedStream<Payment, number>;

const idOf = (order: Order): string => order.id;
const numberOf = (payment: Payment): number => payment.number;
const unpaid = outputTag<Order>('unpaid');

class Match extends KeyedCoProcessFunction<string, Order, Payment, { id: string; method: string }> {
  state = { order: valueState<Order>('order') };

  override processElement1(order: Order, ctx: this['Context']): void {
    this.state.order.update(order);
    ctx.timerService.registerEventTimeTimer(1);
    expectTypeOf(ctx.currentKey).toEqualTypeOf<string>();
  }

  override processElement2(
    payment: Payment,
    ctx: this['Context'],
    out: Collector<{ id: string; method: string }>,
  ): void {
    out.collect({ id: ctx.currentKey, method: payment.method });
    // @ts-expect-error the side output takes orders
    ctx.output(unpaid, payment);
    // @ts-expect-error not what the function emits
    out.collect(payment);
  }

  override onTimer(timestampMs: number, ctx: this['OnTimerContext']): void {
    expectTypeOf(timestampMs).toEqualTypeOf<number>();
    expectTypeOf(ctx.timeDomain).toEqualTypeOf<'event-time' | 'processing-time'>();
  }
}

class ByNumber extends KeyedCoProcessFunction<number, Order, Payment, string> {
  override processElement1(): void {}
  override processElement2(): void {}
}

class Swapped extends KeyedCoProcessFunction<string, Payment, Order, string> {
  override processElement1(): void {}
  override processElement2(): void {}
}

class Texts extends CoProcessFunction<Order, Payment, string> {
  override processElement1(order: Order, ctx: this['Context'], out: Collector<string>): void {
    out.collect(order.id);
    // @ts-expect-error timers need a key
    ctx.timerService.registerEventTimeTimer(1);
    // @ts-expect-error streams without keys have none
    void ctx.currentKey;
  }
  override processElement2(): void {}
}

class SwappedTexts extends CoProcessFunction<Payment, Order, string> {
  override processElement1(): void {}
  override processElement2(): void {}
}

class Pairs extends FlatJoinFunction<Order, Payment, string> {
  override join(order: Order, payment: Payment, out: Collector<string>): void {
    out.collect(order.id + payment.method);
  }
}

class SwappedPairs extends FlatJoinFunction<Payment, Order, string> {
  override join(): void {}
}

test('connect keeps the types of both streams', () => {
  const connected = orders.connect(payments);
  expectTypeOf(connected).toEqualTypeOf<ConnectedStreams<Order, Payment>>();
  expectTypeOf(connected.map({ map1: ({ amount }) => amount, map2: ({ number }) => number })).toEqualTypeOf<
    SingleOutputStreamOperator<number>
  >();
  const words = connected.flatMap<string>({
    flatMap1: ({ id }, out) => out.collect(id),
    flatMap2: ({ method }, out) => out.collect(method),
  });
  expectTypeOf(words).toEqualTypeOf<SingleOutputStreamOperator<string>>();
  expectTypeOf(connected.process(new Texts())).toEqualTypeOf<SingleOutputStreamOperator<string>>();
  // @ts-expect-error payments have no amount
  connected.map({ map1: ({ amount }) => amount, map2: ({ amount }) => amount });
  // @ts-expect-error the second function is missing
  connected.map({ map1: ({ amount }) => amount });
  // @ts-expect-error the inputs are the other way round
  connected.map({ map1: (payment: Payment) => payment, map2: (order: Order) => order });
  // @ts-expect-error the inputs are the other way round
  connected.process(new SwappedTexts());
});

test('a function with keys needs connected keyed streams', () => {
  // @ts-expect-error no key
  orders.connect(payments).process(new Match());
  // @ts-expect-error no key on the second side
  ordersById.connect(payments).process(new Match());
  // @ts-expect-error no key on the first side
  orders.connect(paymentsByOrder).process(new Match());
});

test('keyed streams connect when their keys are of one type', () => {
  const connected = ordersById.connect(paymentsByOrder);
  expectTypeOf(connected).toEqualTypeOf<KeyedConnectedStreams<Order, Payment, string>>();
  expectTypeOf(connected.process(new Match())).toEqualTypeOf<
    SingleOutputStreamOperator<{ id: string; method: string }>
  >();
  expectTypeOf(connected.process(new Texts())).toEqualTypeOf<SingleOutputStreamOperator<string>>();
  expectTypeOf(ordersById.connect(payments)).toEqualTypeOf<ConnectedStreams<Order, Payment>>();
  // @ts-expect-error a text and a number are never equal
  ordersById.connect(paymentsByNumber);
  // @ts-expect-error objects with different fields are never equal
  orders.keyBy(({ id }) => ({ id })).connect(payments.keyBy(({ order, number }) => ({ id: order, number })));
  // @ts-expect-error the key is a text
  connected.process(new ByNumber());
  // @ts-expect-error the inputs are the other way round
  connected.process(new Swapped());
});

test('keyBy of connected streams takes two selectors of one type', () => {
  const connected = orders.connect(payments);
  const byId = connected.keyBy(
    ({ id }) => id,
    ({ order }) => order,
  );
  expectTypeOf(byId).toEqualTypeOf<KeyedConnectedStreams<Order, Payment, string>>();
  byId.process(new Match());
  // @ts-expect-error a text and a number are never equal
  connected.keyBy(idOf, numberOf);
  // @ts-expect-error a key for each side
  connected.keyBy(({ id }) => id);
});

test('a join goes through where, equalTo and window', () => {
  const windows = orders
    .join(payments)
    .where(({ id }) => id)
    .equalTo(({ order }) => order)
    .window(TumblingEventTimeWindows.of('1 h'));
  expectTypeOf(windows.apply((order, payment) => order.amount + payment.number)).toEqualTypeOf<
    SingleOutputStreamOperator<number>
  >();
  expectTypeOf(windows.apply({ join: ({ id }, { method }) => id + method })).toEqualTypeOf<
    SingleOutputStreamOperator<string>
  >();
  expectTypeOf(windows.apply(new Pairs())).toEqualTypeOf<SingleOutputStreamOperator<string>>();
  // @ts-expect-error the inputs are the other way round
  windows.apply(new SwappedPairs());
  // @ts-expect-error payments have no amount
  windows.apply((_order, payment) => payment.amount);
  const ordersOfJoin = orders.join(payments).where(idOf);
  // @ts-expect-error a text and a number are never equal
  ordersOfJoin.equalTo(numberOf);
  // @ts-expect-error no window before the second key
  ordersOfJoin.window(TumblingEventTimeWindows.of('1 h'));
  // @ts-expect-error undefined is no key
  orders.join(payments).where(() => undefined);
});

test('windows of a join are assigned to values of both streams', () => {
  const keyed = orders
    .join(payments)
    .where(idOf)
    .equalTo(({ order }) => order);
  keyed.window(SlidingEventTimeWindows.of('1 h', '10 min')).apply(({ id }) => id);
  keyed.window(EventTimeSessionWindows.withGap('1 h')).apply(({ id }) => id);
  keyed.window(EventTimeSessionWindows.withDynamicGap((value: Order | Payment) => value.number)).apply(({ id }) => id);
});

test('a coGroup has the values of both sides', () => {
  const counts = orders
    .coGroup(payments)
    .where(({ id }) => id)
    .equalTo(({ order }) => order)
    .window(TumblingEventTimeWindows.of('1 h'))
    .apply<{ orders: number; payments: number }>((left, right, out) => {
      expectTypeOf(left).toEqualTypeOf<Iterable<Order>>();
      expectTypeOf(right).toEqualTypeOf<Iterable<Payment>>();
      out.collect({ orders: [...left].length, payments: [...right].length });
      // @ts-expect-error not what was named
      out.collect(1);
    });
  expectTypeOf(counts).toEqualTypeOf<SingleOutputStreamOperator<{ orders: number; payments: number }>>();
});
