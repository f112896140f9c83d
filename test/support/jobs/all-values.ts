/** Values of every kind, from one thread to another and through keyed state; the sink writes down what came. */
import { CollectionSource, job, KeyedProcessFunction, listState, registerType, WatermarkStrategy } from 'millrace';
import type { Collector } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { describeValue } from '../describe-value.ts';

class Money {
  readonly cents: bigint;

  constructor(cents: bigint) {
    this.cents = cents;
  }
}

registerType('money', 1, Money, { encode: ({ cents }) => cents, decode: (cents) => new Money(cents) });

const nested = (depth: number): unknown => (depth === 0 ? 'inside' : { deeper: [nested(depth - 1)] });

export const VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -0,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.MAX_SAFE_INTEGER,
  -(2 ** 31),
  5n,
  -(2n ** 200n),
  '',
  'latin é',
  'lone \ud800 surrogate',
  '🌍'.repeat(1000),
  new Date(0),
  new Date(-1),
  new Date(Number.NaN),
  [],
  [undefined, null, [1, 'a', [2n]]],
  {},
  { a: undefined, b: null },
  { a: 1, b: 'x' },
  { a: 'now a string', b: 2 },
  JSON.parse('{"__proto__":{"a":1},"constructor":2}'),
  { 'not a name': 1, 'quote\'"': 2, '': 3 },
  new Map<unknown, unknown>([
    ['k', 1],
    [{ object: 'key' }, new Map([[1n, null]])],
  ]),
  new Set<unknown>([1, '1', [1]]),
  new Uint8Array([1, 2, 255]),
  new Int16Array([-3]),
  new Float32Array([0.5]),
  new BigInt64Array([-(2n ** 63n)]),
  new Uint8Array([1, 2, 3, 4]).buffer,
  new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  new Money(123n),
  [new Money(1n), { price: new Money(2n) }],
  nested(40),
  Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`field${index}`, index])),
  ...Array.from({ length: 300 }, (_, index) => ({ [`shape${index}`]: index })),
];

interface Numbered {
  readonly index: number;
  readonly value: unknown;
}

/** Keeps all, and lets them out at the end of time. */
class KeepAll extends KeyedProcessFunction<number, Numbered, Numbered> {
  state = { all: listState<Numbered>('all') };

  override processElement(numbered: Numbered, ctx: this['Context']): void {
    this.state.all.add(numbered);
    ctx.timerService.registerEventTimeTimer(Number.POSITIVE_INFINITY);
  }

  override onTimer(_timestampMs: number, _ctx: this['OnTimerContext'], out: Collector<Numbered>): void {
    for (const { index, value } of this.state.all.get()) out.collect({ index, value });
  }
}

export default job('all-values', (env) => {
  env.enableCheckpointing('10 ms');
  const values = VALUES.map((value, index): Numbered => ({ index, value }));
  const output = env.parameters.require('output');
  const numbered = env
    .fromSource(CollectionSource.of(values), WatermarkStrategy.noWatermarks(), 'values')
    .uid('values')
    .setParallelism(1);
  numbered
    .rebalance()
    .map(({ index, value }) => `${index} ${describeValue(value)}`)
    .sinkTo(FileSink.text(`${output}/sent`))
    .uid('sent');
  numbered
    .keyBy(({ index }) => index % 5)
    .process(new KeepAll())
    .uid('kept')
    .map(({ index, value }) => `${index} ${describeValue(value)}`)
    .sinkTo(FileSink.text(`${output}/kept`))
    .uid('kept-out');
});
