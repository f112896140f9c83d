import { expectTypeOf, test } from 'vitest';
import type { DataStream, KeyedStream } from '../../src/api/data-stream.ts';
import type { Collector } from '../../src/operators/functions/collector.ts';
import { KeyedProcessFunction } from '../../src/operators/functions/keyed-process-function.ts';
import { ProcessFunction } from '../../src/operators/functions/process-function.ts';
import { aggregatingState } from '../../src/state/descriptors/aggregating-state.ts';
import { listState } from '../../src/state/descriptors/list-state.ts';
import { mapState } from '../../src/state/descriptors/map-state.ts';
import { reducingState } from '../../src/state/descriptors/reducing-state.ts';
import { valueState } from '../../src/state/descriptors/value-state.ts';

interface Order {
  readonly id: string;
  readonly price: number;
}

declare const orders: DataStream<Order>;
declare const byId: KeyedStream<Order, string>;

class AllStates extends KeyedProcessFunction<string, Order, number> {
  readonly state = {
    last: valueState<Order>('last'),
    seen: valueState('seen', { default: false }),
    prices: listState<number>('prices'),
    clients: mapState<string, number>('clients'),
    total: reducingState<number>('total', (a, b) => a + b),
    mean: aggregatingState('mean', {
      createAccumulator: () => ({ sum: 0, count: 0 }),
      add: (price: number, acc) => ({ sum: acc.sum + price, count: acc.count + 1 }),
      getResult: (acc) => acc.sum / acc.count,
    }),
  };

  processElement(order: Order, _ctx: this['Context'], out: Collector<number>): void {
    expectTypeOf(this.state.last.value()).toEqualTypeOf<Order | undefined>();
    expectTypeOf(this.state.seen.value()).toEqualTypeOf<boolean>();
    expectTypeOf(this.state.prices.get()).toEqualTypeOf<readonly number[]>();
    expectTypeOf(this.state.clients.get(order.id)).toEqualTypeOf<number | undefined>();
    expectTypeOf(this.state.total.get()).toEqualTypeOf<number | undefined>();
    expectTypeOf(this.state.mean.get()).toEqualTypeOf<number | undefined>();
    this.state.mean.add(order.price);
    out.collect(this.state.total.get() ?? 0);
    // @ts-expect-error not declared
    void this.state.other;
    // @ts-expect-error an order is expected
    this.state.last.update(order.price);
    // @ts-expect-error undefined is not a value
    this.state.last.update(undefined);
    // @ts-expect-error keys are texts
    this.state.clients.put(order.price, 1);
  }
}

class StateWithoutKey extends ProcessFunction<Order, number> {
  readonly state = { seen: valueState<boolean>('seen') };

  processElement(): void {}
}

test('a function with declared state needs a keyed stream', () => {
  byId.process(new AllStates());
  // @ts-expect-error no key
  orders.process(new AllStates());
});

test('a function that declares state cannot run without a key', () => {
  // @ts-expect-error its state has no key
  orders.process(new StateWithoutKey());
  // @ts-expect-error it must be a KeyedProcessFunction
  byId.process(new StateWithoutKey());
});
