/** Functions of two inputs that do what they must not; the parameter `deed` says which. */
import {
  FlatJoinFunction,
  job,
  KeyedCoProcessFunction,
  listState,
  TumblingEventTimeWindows,
  valueState,
  WatermarkStrategy,
} from 'millrace';
import type { Collector, ConnectedStreams, DataStream } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

interface Left {
  readonly key: string;
  readonly numbers: number[];
}

interface Right {
  readonly of: string;
  readonly numbers: number[];
}

/** Functions as plain JavaScript may have them. */
const untyped = (fn: () => unknown): (() => never) => fn as () => never;

type Act = (context: { readonly value: Left | Right; readonly out: Collector<string> }) => void;

class Actor extends KeyedCoProcessFunction<string, Left, Right, string> {
  state = { seen: listState<number>('seen'), last: valueState<number>('last') };
  readonly #first: Act;
  readonly #second: Act;

  constructor(first: Act, second: Act) {
    super();
    this.#first = first;
    this.#second = second;
  }

  override processElement1(value: Left, _ctx: this['Context'], out: Collector<string>): void {
    return this.#first({ value, out });
  }

  override processElement2(value: Right, _ctx: this['Context'], out: Collector<string>): void {
    return this.#second({ value, out });
  }
}

class FailingJoin extends FlatJoinFunction<Left, Right, string> {
  override join(): never {
    throw new Error('these two do not go together');
  }
}

const nothing: Act = () => undefined;
let calls = 0;

interface Streams {
  readonly lefts: DataStream<Left>;
  readonly rights: DataStream<Right>;
}

const connected = ({ lefts, rights }: Streams): ConnectedStreams<Left, Right> => lefts.connect(rights);

const acting =
  (second: Act, keyOfRight: (right: Right) => string = ({ of }) => of) =>
  (streams: Streams): DataStream<string> =>
    connected(streams)
      .keyBy(({ key }) => key, keyOfRight)
      .process(new Actor(nothing, second))
      .name('actor')
      .uid('actor');

const windowed = ({ lefts, rights }: Streams) =>
  lefts
    .join(rights)
    .where(({ key }) => key)
    .equalTo(({ of }) => of)
    .window(TumblingEventTimeWindows.of(10));

const DEEDS: Readonly<Record<string, (streams: Streams) => DataStream<string>>> = {
  'throws for the second input': acting(() => {
    throw new Error('no such right');
  }),
  'returns a promise for the second input': acting(untyped(async () => undefined)),
  'changes a value of the second input': acting(({ value }) => void value.numbers.push(1)),
  'emits later': acting(({ out }) => void setImmediate(() => out.collect('late'))),
  'selects another key each time': acting(nothing, () => `${calls++}`),
  'selects a promise': acting(
    nothing,
    untyped(async () => 'a'),
  ),
  'selects undefined': acting(
    nothing,
    untyped(() => undefined),
  ),
  'returns a promise from map2': (streams) =>
    connected(streams)
      .map<string>({ map1: ({ key }) => key, map2: untyped(async () => 'a') })
      .name('actor')
      .uid('actor'),
  'fails in a join': (streams) => windowed(streams).apply(new FailingJoin()).name('actor').uid('actor'),
  'returns a promise from a join': (streams) =>
    windowed(streams)
      .apply<string>(untyped(async () => 'a'))
      .name('actor')
      .uid('actor'),
  'has one uid twice': (streams) => {
    const actor = acting(nothing);
    return actor(streams).union(actor(streams));
  },
  'hashes the two keys differently': ({ lefts, rights }) =>
    lefts
      .keyBy(({ key }) => key)
      .connect(rights.keyBy(({ of }) => of, { hash: (of) => of.length, hashId: 'length' }))
      .process(new Actor(nothing, nothing))
      .name('actor')
      .uid('actor'),
};

export default job('two-misbehaving', (env) => {
  const times = WatermarkStrategy.forMonotonousTimestamps().withTimestampAssigner(() => 5);
  const lefts = env.fromCollection<Left>([{ key: 'a', numbers: [1] }], times).uid('lefts');
  const rights = env.fromCollection<Right>([{ of: 'a', numbers: [2] }], times).uid('rights');
  const deed = DEEDS[env.parameters.require('deed')];
  if (deed === undefined) throw new Error('No such deed');
  deed({ lefts, rights })
    .sinkTo(FileSink.text(env.parameters.require('output')))
    .uid('results');
});
