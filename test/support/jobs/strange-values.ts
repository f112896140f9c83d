/**
 * A job that does with values what it must not. Parameters: `value` names one that is emitted in the place of number 7, `key` one
 * that the key selector returns for it, `stored` one that goes into state, `deed` what is done to values that are the engine's.
 */
import { DataGenerator, job, KeyedProcessFunction, mapState, valueState, WatermarkStrategy } from 'millrace';
import type { Collector } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

class NotRegistered {
  readonly name: string = 'x';
}

function cyclic(): object {
  const order: Record<string, unknown> = { id: 1 };
  order['self'] = { order };
  return order;
}

const STRANGE: Readonly<Record<string, () => unknown>> = {
  function: () => ({ items: [{ price: () => 1 }] }),
  symbol: () => [Symbol('mark')],
  class: () => ({ customer: new NotRegistered() }),
  cycle: cyclic,
  promise: () => ({ rows: Promise.resolve([]) }),
  sparse: () => ({ list: Object.assign([1, 1], { length: 3 }) }),
  accessor: () => ({
    get total(): number {
      return 1;
    },
  }),
  'weak map': () => new Map([['cache', new WeakMap()]]),
  'shared memory': () => ({ buffer: new SharedArrayBuffer(8) }),
  'invalid date': () => new Date(Number.NaN),
  undefined: () => undefined,
  map: () => new Map(),
  'NaN inside': () => ({ place: [1, Number.NaN] }),
  'class as key': () => new NotRegistered(),
};

function strange(name: string | undefined): unknown {
  const make = STRANGE[name ?? ''];
  if (make === undefined) throw new Error(`There is no strange value '${name}'`);
  return make();
}

interface Order {
  readonly id: number;
  readonly tags: string[];
  readonly at: Date;
  readonly prices: Map<string, number>;
}

export default job('strange-values', (env) => {
  const { parameters } = env;
  env.enableCheckpointing('50 ms');
  const emit = (id: number): unknown =>
    id === 7 && parameters.get('value') !== undefined
      ? strange(parameters.get('value'))
      : { id, tags: ['a', 'b'], at: new Date(id), prices: new Map([['eur', id]]) };
  let calls = 0;
  const keyOf = (value: unknown): number => {
    if (parameters.get('deed') === 'gives another key each time') return calls++;
    return parameters.get('key') !== undefined && idOf(value) === 7
      ? (strange(parameters.get('key')) as never)
      : idOf(value) % 4;
  };
  env
    .fromSource(
      DataGenerator.of(generator(parameters.get('deed')), { count: 40 }),
      WatermarkStrategy.noWatermarks(),
      'ids',
    )
    .uid('ids')
    .map(({ id }) => emit(id))
    .name('orders')
    .uid('orders')
    .map(deed(parameters.get('deed')))
    .name('deeds')
    .uid('deeds')
    .keyBy(keyOf)
    .process(new Keeper(parameters.get('deed'), parameters.get('stored')))
    .name('keeper')
    .uid('keeper')
    .sinkTo(FileSink.jsonLines(parameters.require('output')))
    .uid('results');
});

function generator(name: string | undefined): (index: number) => { id: number } {
  const reused = { id: -1 };
  if (name !== 'fills one object again and again') return (id) => ({ id });
  return (id) => {
    reused.id = id;
    return reused;
  };
}

/** A record that is no order comes from `value` and has no id. */
function idOf(value: unknown): number {
  return typeof value === 'object' && value !== null && 'id' in value ? Number(value.id) : 0;
}

/** What a map function does to the value it was given, or to one that it gave before. */
function deed(name: string | undefined): (value: unknown) => unknown {
  let kept: Order | undefined;
  return (value) => {
    const order = value as Order;
    switch (name) {
      case 'changes a field of its input':
        (order as { id: number }).id = 0;
        return order;
      case 'adds to an array of its input':
        order.tags.push('c');
        return order;
      case 'sets a date of its input':
        order.at.setFullYear(1970);
        return order;
      case 'sets an entry of a map of its input':
        order.prices.set('usd', 1);
        return order;
      case 'changes what it emitted before':
        if (kept !== undefined) kept.tags.length = 0;
        kept = { ...order, tags: [...order.tags] };
        return kept;
      default:
        return order;
    }
  };
}

interface Count {
  n: number;
}

class Keeper extends KeyedProcessFunction<number, unknown, unknown> {
  state = {
    count: valueState<Count>('count'),
    strange: valueState<unknown>('strange'),
    byTag: mapState<string, Count>('by-tag'),
  };
  readonly #deed: string | undefined;
  readonly #stored: string | undefined;
  #kept: Count | undefined;

  constructor(name: string | undefined, stored: string | undefined) {
    super();
    this.#deed = name;
    this.#stored = stored;
  }

  override processElement(value: unknown, _context: this['Context'], out: Collector<unknown>): void {
    if (this.#stored !== undefined && idOf(value) === 7) this.state.strange.update(strange(this.#stored));
    const count = this.state.count.value() ?? { n: 0 };
    switch (this.#deed) {
      case 'changes a value of state and does not put it back':
        count.n++;
        if (count.n === 1) this.state.count.update(count);
        break;
      case 'changes a value of state in a later call':
        if (this.#kept !== undefined) this.#kept.n++;
        this.#kept = this.state.count.value();
        this.state.count.update({ n: count.n + 1 });
        break;
      case 'changes an entry of a map state and does not put it back':
        if (this.state.byTag.isEmpty()) this.state.byTag.put('a', { n: 0 });
        for (const entry of this.state.byTag.values()) entry.n++;
        break;
      case 'changes what it put into state and emitted':
        this.state.count.update(count);
        out.collect(count);
        count.n++;
        return;
      default:
        count.n++;
        this.state.count.update(count);
    }
    out.collect({ id: idOf(value), n: count.n });
  }
}
