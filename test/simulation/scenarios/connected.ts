import {
  DataGenerator,
  job,
  KeyedCoProcessFunction,
  listState,
  mapState,
  outputTag,
  valueState,
  WatermarkStrategy,
} from 'millrace';
import type { Collector, DataStream, JobDefinition, StreamExecutionEnvironment } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { requireSameLines } from 'millrace/testing';
import type { SimulationScenario } from 'millrace/testing';

const ORDERS = 240;
const PAYMENTS = 60;
const CUSTOMERS = 12;
/** An order's payments are counted so long after it. */
const DUE_MS = 40;
/** Event time goes on faster from one payment to the next: both streams span the same time. */
const MS_PER_PAYMENT = 4;

interface Order {
  readonly customer: number;
  readonly id: number;
  readonly timeMs: number;
}

interface Payment {
  readonly customer: number;
  readonly order: number;
  readonly id: number;
  readonly timeMs: number;
}

function orderOf(index: number): Order {
  return { customer: index % CUSTOMERS, id: index, timeMs: index };
}

/** Every fourth order is paid, some twice; a payment may be earlier than its order. */
function paymentOf(index: number): Payment {
  const order = (index * 28) % ORDERS;
  return { customer: order % CUSTOMERS, order, id: index, timeMs: index * MS_PER_PAYMENT };
}

const unpaid = outputTag<string>('unpaid');

/**
 * Each payment meets its order, whichever comes first. When an order is due, all payments up to then are in: the watermark is that of
 * the input that is further behind, and the other one may have ended long before.
 */
class Settle extends KeyedCoProcessFunction<number, Order, Payment, string> {
  state = {
    orders: mapState<number, number>('orders'),
    payments: listState<Payment>('payments'),
    orderCount: valueState<number>('order-count', { default: 0 }),
  };

  override processElement1(order: Order, ctx: this['Context'], out: Collector<string>): void {
    const { orders, payments, orderCount } = this.state;
    orders.put(order.id, order.timeMs);
    orderCount.update(orderCount.value() + 1);
    ctx.timerService.registerEventTimeTimer(order.timeMs + DUE_MS);
    for (const payment of payments.get()) if (payment.order === order.id) out.collect(paidLine(payment));
  }

  override processElement2(payment: Payment, _ctx: this['Context'], out: Collector<string>): void {
    this.state.payments.add(payment);
    if (this.state.orders.contains(payment.order)) out.collect(paidLine(payment));
  }

  override onTimer(timestampMs: number, ctx: this['OnTimerContext'], out: Collector<string>): void {
    const id = timestampMs - DUE_MS;
    const inTime = [...this.state.payments.get()].filter(({ order, timeMs }) => order === id && timeMs <= timestampMs);
    if (inTime.length === 0) ctx.output(unpaid, `${id}`);
    else out.collect(dueLine(id, inTime.length));
  }
}

function paidLine({ order, id }: Payment): string {
  return `order ${order} paid by ${id}`;
}

function dueLine(order: number, payments: number): string {
  return `order ${order} due with ${payments}`;
}

function ordersOf(env: StreamExecutionEnvironment): DataStream<Order> {
  return env
    .fromSource(
      DataGenerator.of(orderOf, { count: ORDERS, recordsPerSecond: 1500 }),
      WatermarkStrategy.forMonotonousTimestamps<Order>().withTimestampAssigner(({ timeMs }) => timeMs),
      'orders',
    )
    .uid('orders');
}

function paymentsOf(env: StreamExecutionEnvironment): DataStream<Payment> {
  return env
    .fromSource(
      DataGenerator.of(paymentOf, { count: PAYMENTS, recordsPerSecond: 200 }),
      WatermarkStrategy.forMonotonousTimestamps<Payment>().withTimestampAssigner(({ timeMs }) => timeMs),
      'payments',
    )
    .uid('payments');
}

const connectedJob: JobDefinition = job('connected', (env) => {
  env.enableCheckpointing('20 ms');
  const settled = ordersOf(env)
    .keyBy(({ customer }) => customer)
    .connect(paymentsOf(env).keyBy(({ customer }) => customer))
    .process(new Settle())
    .uid('settle');
  settled.sinkTo(FileSink.text('/output')).uid('results');
  settled.getSideOutput(unpaid).sinkTo(FileSink.text('/unpaid')).uid('unpaid');
});

export const connected: SimulationScenario = {
  name: 'connected',
  job: connectedJob,
  outputs: ['/output', '/unpaid'],
  check: (output) => {
    const payments = Array.from({ length: PAYMENTS }, (_, index) => paymentOf(index));
    const lines = payments.map(paidLine);
    const unpaidLines: string[] = [];
    for (let id = 0; id < ORDERS; id++) {
      const { timeMs } = orderOf(id);
      const inTime = payments.filter((payment) => payment.order === id && payment.timeMs <= timeMs + DUE_MS).length;
      if (inTime === 0) unpaidLines.push(`${id}`);
      else lines.push(dueLine(id, inTime));
    }
    requireSameLines(output.lines('/output'), lines, 'output');
    requireSameLines(output.lines('/unpaid'), unpaidLines, 'unpaid orders');
  },
};
