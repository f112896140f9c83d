/**
 * Two streams brought together in every way there is, each with file sinks of its own. Orders end long before payments when the job
 * is given a rate. What comes out depends on the records alone.
 */
import {
  CoProcessFunction,
  DataGenerator,
  FlatJoinFunction,
  job,
  KeyedCoProcessFunction,
  listState,
  outputTag,
  TumblingEventTimeWindows,
  WatermarkStrategy,
} from 'millrace';
import type { Collector, ConnectedStreams, DataStream, KeyedConnectedStreams } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

export const ORDERS = 300;
export const PAYMENTS = 120;
export const WINDOW_MS = 500;
const CUSTOMERS = 11;

export interface Order {
  readonly id: number;
  readonly customer: string;
  readonly timeMs: number;
}

export interface Payment {
  readonly id: number;
  readonly of: string;
  readonly timeMs: number;
}

export const order = (id: number): Order => ({ id, customer: `customer ${id % CUSTOMERS}`, timeMs: id * 10 });
export const payment = (id: number): Payment => ({ id, of: `customer ${(id * 5) % CUSTOMERS}`, timeMs: id * 25 });

const large = outputTag<number>('large');

/** Every order with every payment of its customer; when a customer's payments are complete, says how many there were. */
class Pairs extends KeyedCoProcessFunction<string, Order, Payment, string> {
  state = { orders: listState<number>('orders'), payments: listState<number>('payments') };

  override processElement1({ id }: Order, ctx: this['Context'], out: Collector<string>): void {
    this.state.orders.add(id);
    ctx.timerService.registerEventTimeTimer(Number.POSITIVE_INFINITY);
    for (const other of this.state.payments.get()) out.collect(`${id} ${other}`);
  }

  override processElement2({ id }: Payment, ctx: this['Context'], out: Collector<string>): void {
    this.state.payments.add(id);
    if (id % 50 === 49) ctx.output(large, id);
    for (const other of this.state.orders.get()) out.collect(`${other} ${id}`);
  }

  override onTimer(_timestampMs: number, ctx: this['OnTimerContext'], out: Collector<string>): void {
    out.collect(`${ctx.currentKey}: ${this.state.orders.get().length} ${this.state.payments.get().length}`);
  }
}

class Times extends CoProcessFunction<Order, Payment, string> {
  override processElement1({ id }: Order, ctx: this['Context'], out: Collector<string>): void {
    out.collect(`order ${id} at ${ctx.timestamp()}`);
  }

  override processElement2({ id }: Payment, ctx: this['Context'], out: Collector<string>): void {
    out.collect(`payment ${id} at ${ctx.timestamp()}`);
  }
}

class SameMoment extends FlatJoinFunction<Order, Payment, string> {
  override join(first: Order, second: Payment, out: Collector<string>): void {
    if (first.timeMs === second.timeMs) out.collect(`${first.id} ${second.id}`);
  }
}

interface Streams {
  readonly orders: DataStream<Order>;
  readonly payments: DataStream<Payment>;
}

const connected = ({ orders, payments }: Streams): ConnectedStreams<Order, Payment> => orders.connect(payments);

const byCustomer = (streams: Streams): KeyedConnectedStreams<Order, Payment, string> =>
  connected(streams).keyBy(
    ({ customer }) => customer,
    ({ of }) => of,
  );

const windows = TumblingEventTimeWindows.of(WINDOW_MS);

export const BRANCHES: Readonly<Record<string, (streams: Streams) => DataStream<string>>> = {
  map: (streams) => connected(streams).map({ map1: ({ id }) => `order ${id}`, map2: ({ id }) => `payment ${id}` }),
  flatMap: (streams) =>
    connected(streams).flatMap<string>({
      flatMap1: ({ id }, out) => {
        for (let count = id % 3; count > 0; count--) out.collect(`order ${id}`);
      },
      flatMap2: ({ id }, out) => out.collect(`payment ${id}`),
    }),
  process: (streams) => connected(streams).process(new Times()),
  'keyed process': (streams) => byCustomer(streams).process(new Pairs()).uid('pairs'),
  'keyed streams': ({ orders, payments }) =>
    orders
      .keyBy(({ customer }) => customer)
      .connect(payments.keyBy(({ of }) => of))
      .process(new Pairs())
      .uid('pairs-of-keyed-streams'),
  'side output': (streams) =>
    byCustomer(streams)
      .process(new Pairs())
      .uid('pairs-aside')
      .getSideOutput(large)
      .map((id) => `${id}`),
  join: ({ orders, payments }) =>
    orders
      .join(payments)
      .where(({ customer }) => customer)
      .equalTo(({ of }) => of)
      .window(windows)
      .apply((first, second) => `${first.id} ${second.id}`)
      .uid('join'),
  'flat join': ({ orders, payments }) =>
    orders
      .join(payments)
      .where(({ customer }) => customer)
      .equalTo(({ of }) => of)
      .window(windows)
      .apply(new SameMoment())
      .uid('flat-join'),
  coGroup: ({ orders, payments }) =>
    orders
      .coGroup(payments)
      .where(({ customer }) => customer)
      .equalTo(({ of }) => of)
      .window(windows)
      .apply<string>((first, second, out) => out.collect(`${[...first].length} ${[...second].length}`))
      .uid('co-group'),
};

export default job('two-streams', (env) => {
  env.enableCheckpointing('10 ms');
  const rate = env.parameters.number('rate');
  const at = (recordsPerSecond: number): { recordsPerSecond?: number } =>
    rate === undefined ? {} : { recordsPerSecond };
  const times = WatermarkStrategy.forMonotonousTimestamps().withTimestampAssigner(
    ({ timeMs }: { readonly timeMs: number }) => timeMs,
  );
  const orders = env
    .fromSource(DataGenerator.of(order, { count: ORDERS, ...at((rate ?? 0) * 8) }), times, 'orders')
    .uid('orders');
  const payments = env
    .fromSource(DataGenerator.of(payment, { count: PAYMENTS, ...at(rate ?? 0) }), times, 'payments')
    .uid('payments');
  for (const [name, branch] of Object.entries(BRANCHES)) {
    const folder = `${env.parameters.require('output')}/${name.replaceAll(' ', '-')}`;
    branch({ orders, payments })
      .sinkTo(FileSink.text(folder, { rolling: { onCheckpoint: true } }))
      .uid(`out of ${name}`);
  }
});
