import { describe, expect, test } from 'vitest';
import type { StreamGraph, StreamNode } from '../graph/stream-graph.ts';
import type { Collector } from '../operators/functions/collector.ts';
import { CoProcessFunction } from '../operators/functions/co-process-function.ts';
import { FlatJoinFunction } from '../operators/functions/join-function.ts';
import { KeyedCoProcessFunction } from '../operators/functions/keyed-co-process-function.ts';
import { TumblingEventTimeWindows } from '../operators/window/tumbling-event-time-windows.ts';
import { valueState } from '../state/descriptors/value-state.ts';
import { job } from './job.ts';
import type { StreamExecutionEnvironment } from './stream-execution-environment.ts';

interface Order {
  readonly id: string;
}

interface Payment {
  readonly order: string;
}

const ORDERS: readonly Order[] = [];
const PAYMENTS: readonly Payment[] = [];
const tens = TumblingEventTimeWindows.of(10);

class Match extends KeyedCoProcessFunction<string, Order, Payment, string> {
  state = { order: valueState<Order>('order'), payment: valueState<Payment>('payment') };
  override processElement1(): void {}
  override processElement2(): void {}
}

class Both extends CoProcessFunction<Order, Payment, string> {
  override processElement1(order: Order, _ctx: this['Context'], out: Collector<string>): void {
    out.collect(order.id);
  }
  override processElement2(): void {}
}

class Pairs extends FlatJoinFunction<Order, Payment, string> {
  override join(order: Order, _payment: Payment, out: Collector<string>): void {
    out.collect(order.id);
  }
}

/** The last node; orders are node 0, payments node 1. */
function lastNodeOf(define: (env: StreamExecutionEnvironment) => void): StreamNode {
  return must(graphOf(define).nodes.at(-1));
}

function graphOf(define: (env: StreamExecutionEnvironment) => void): StreamGraph {
  return job('test', define).build({ parameters: new Map(), parallelism: 4 });
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Nothing there');
  return value;
}

/** '0 from 0 by hash' for each edge: input, source, partitioner. */
function inputsOf({ inputs }: StreamNode): readonly string[] {
  return inputs.map(
    ({ inputIndex, sourceId, partitioner }) => `${inputIndex} from ${sourceId} by ${partitioner?.kind ?? 'default'}`,
  );
}

function kindOf({ role }: StreamNode): string {
  return role.kind === 'operator' ? role.factory.kind : role.kind;
}

describe('connected streams', () => {
  test('are the two inputs of an operator, each with its partitioner', () => {
    const node = lastNodeOf((env) => {
      const orders = env.fromCollection(ORDERS);
      const payments = env.fromCollection(PAYMENTS);
      orders.connect(payments.rebalance()).map({ map1: ({ id }) => id, map2: ({ order }) => order });
    });
    expect([node.name, kindOf(node), node.keys]).toEqual(['Co-Map', 'co-map', [undefined, undefined]]);
    expect(inputsOf(node)).toEqual(['0 from 0 by default', '1 from 1 by rebalance']);
  });

  test('take a union as one input', () => {
    const node = lastNodeOf((env) => {
      const orders = env.fromCollection(ORDERS);
      const payments = env.fromCollection(PAYMENTS);
      const more = env.fromCollection(PAYMENTS);
      orders.connect(payments.union(more)).process(new Both());
    });
    expect([node.name, kindOf(node)]).toEqual(['Co-Process', 'co-process']);
    expect(inputsOf(node)).toEqual(['0 from 0 by default', '1 from 1 by default', '1 from 2 by default']);
  });

  test('may be one stream twice', () => {
    const node = lastNodeOf((env) => {
      const numbers = env.fromElements(1);
      numbers.connect(numbers).flatMap<number>({ flatMap1: (n, out) => out.collect(n), flatMap2: () => undefined });
    });
    expect([node.name, kindOf(node)]).toEqual(['Co-Flat Map', 'co-flat-map']);
    expect(inputsOf(node)).toEqual(['0 from 0 by default', '1 from 0 by default']);
  });

  test.each<[string, (env: StreamExecutionEnvironment) => void]>([
    [
      'by connecting keyed streams',
      (env) => {
        const orders = env.fromCollection(ORDERS).keyBy(({ id }) => id);
        const payments = env.fromCollection(PAYMENTS).keyBy(({ order }) => order);
        orders.connect(payments).process(new Match());
      },
    ],
    [
      'by keyBy of both',
      (env) => {
        const orders = env.fromCollection(ORDERS);
        const connected = orders.connect(env.fromCollection(PAYMENTS));
        connected
          .keyBy(
            ({ id }) => id,
            ({ order }) => order,
          )
          .process(new Match());
      },
    ],
  ])('have a key for each input %s', (_, define) => {
    const node = lastNodeOf(define);
    expect([node.name, kindOf(node)]).toEqual(['Co-Keyed-Process', 'keyed-co-process']);
    expect(inputsOf(node)).toEqual(['0 from 0 by hash', '1 from 1 by hash']);
    expect(node.keys.map((key, index) => key?.selector([{ id: 'a' }, { order: 'b' }][index]))).toEqual(['a', 'b']);
    expect(node.inputs.map(({ partitioner }) => partitioner?.kind === 'hash' && partitioner.key)).toEqual(node.keys);
    expect(node.role.kind === 'operator' && node.role.factory.states.map(({ name }) => name)).toEqual([
      'order',
      'payment',
    ]);
  });

  test('keep their partitioning for a function without key', () => {
    const node = lastNodeOf((env) => {
      const orders = env.fromCollection(ORDERS).keyBy(({ id }) => id);
      const payments = env.fromCollection(PAYMENTS);
      orders.connect(payments).process(new Both());
    });
    expect([kindOf(node), node.keys]).toEqual(['co-process', [undefined, undefined]]);
    expect(inputsOf(node)).toEqual(['0 from 0 by hash', '1 from 1 by default']);
  });

  test('have one hash for both keys', () => {
    const node = lastNodeOf((env) => {
      const connected = env.fromCollection(ORDERS).connect(env.fromCollection(PAYMENTS));
      const options = { hash: (key: string) => key.length, hashId: 'length' };
      connected
        .keyBy(
          ({ id }) => id,
          ({ order }) => order,
          options,
        )
        .process(new Match());
    });
    expect(node.keys.map((key) => key?.hashId)).toEqual(['length', 'length']);
  });

  test('belong to one environment', () => {
    expect(() =>
      graphOf((env) => {
        graphOf((other) => void env.fromElements(1).connect(other.fromElements(2)));
      }),
    ).toThrow(expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }));
  });

  test('refuse a function with state that has no key, in plain JavaScript', () => {
    expect(() =>
      graphOf((env) => {
        // @ts-expect-error does not compile either
        env.fromCollection(ORDERS).connect(env.fromCollection(PAYMENTS)).process(new Match());
      }),
    ).toThrow(/Using Match on connected streams failed: it declares state/);
  });
});

describe('a window join', () => {
  const joined = (env: StreamExecutionEnvironment) =>
    env
      .fromCollection(ORDERS)
      .join(env.fromCollection(PAYMENTS))
      .where(({ id }) => id)
      .equalTo(({ order }) => order)
      .window(tens);

  test.each<[string, (env: StreamExecutionEnvironment) => unknown]>([
    ['a function', (env) => joined(env).apply(({ id }, { order }) => id + order)],
    ['an object', (env) => joined(env).apply({ join: ({ id }, { order }) => id + order })],
    ['a FlatJoinFunction', (env) => joined(env).apply(new Pairs())],
  ])('with %s is a window operator over both streams by their keys', (_, define) => {
    const node = lastNodeOf((env) => void define(env));
    expect([node.name, kindOf(node)]).toEqual(['TumblingEventTimeWindows', 'co-group']);
    expect(inputsOf(node)).toEqual(['0 from 0 by hash', '1 from 1 by hash']);
    expect(node.keys.map((key, index) => key?.selector([{ id: 'a' }, { order: 'b' }][index]))).toEqual(['a', 'b']);
  });

  test('is a coGroup but for its function', () => {
    const node = lastNodeOf((env) => {
      env
        .fromCollection(ORDERS)
        .coGroup(env.fromCollection(PAYMENTS))
        .where(({ id }) => id, { hash: (key) => key.length, hashId: 'length' })
        .equalTo(({ order }) => order)
        .window(tens)
        .apply<number>((orders, payments, out) => out.collect([...orders, ...payments].length));
    });
    expect([node.name, kindOf(node)]).toEqual(['TumblingEventTimeWindows', 'co-group']);
    expect(node.keys.map((key) => key?.hashId)).toEqual(['length', 'length']);
  });
});
