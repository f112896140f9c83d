/**
 * Every operator of a stream, each as a branch of one source with a file sink of its own. Keys are chosen so that all records of a
 * key come from one source subtask at a parallelism of 1, 2, 3 and 6: what is rolled up per key does not depend on how threads run.
 */
import { DataGenerator, job, KeyedProcessFunction, outputTag, ProcessFunction, WatermarkStrategy } from 'millrace';
import type { Collector, DataStream, KeyType, RichFlatMapFunction, RichMapFunction, RuntimeContext } from 'millrace';
import { valueState } from 'millrace';
import { FileSink } from 'millrace/connectors/files';

export interface Reading {
  readonly id: number;
  readonly sensor: number;
  readonly text: string;
  readonly value: number;
  readonly big: bigint;
  readonly at: Date;
  readonly place: { readonly name: string; readonly height: number };
  readonly tags: readonly string[];
}

export interface Alarm {
  readonly alarm: number;
}

export function reading(id: number): Reading {
  const sensor = id % 6;
  return {
    id,
    sensor,
    text: `sensor ${sensor} says ${(id * 7919) % 101}`,
    value: ((id * 7919) % 101) - 50,
    big: 10n ** 18n + BigInt(id),
    at: new Date(Date.UTC(2024, 0, 1) + sensor * 3_600_000),
    place: { name: `Żary ${sensor % 3} 🌍`, height: (id * 31) % 17 },
    tags: Array.from({ length: id % 4 }, (_, index) => `t${index}`),
  };
}

/** What is equal to what as a key. */
export const KEYS: Readonly<Record<string, (reading: Reading) => KeyType>> = {
  number: ({ sensor }) => sensor,
  fraction: ({ sensor }) => sensor / 4,
  'negative zero': ({ sensor }) => (sensor % 2 === 0 ? 0 : -0),
  string: ({ place, sensor }) => `${place.name} ${sensor}`,
  bigint: ({ sensor }) => 2n ** 70n + BigInt(sensor),
  boolean: ({ sensor }) => sensor % 2 === 0,
  date: ({ at }) => at,
  array: ({ sensor, place }) => [sensor % 2, place.name],
  object: ({ sensor, place }) => (sensor < 3 ? { a: sensor % 2, b: place.name } : { b: place.name, a: sensor % 2 }),
  'number, bigint or text': ({ sensor }) => [5, 5n, '5', 5, 5n, '5'][sensor] ?? 0,
};

const odd = outputTag<number>('odd');
const third = outputTag<Reading>('third');

class CountOfKey extends KeyedProcessFunction<KeyType, Reading, { id: number; count: number }> {
  state = { count: valueState<number>('count', { default: 0 }) };

  override processElement({ id }: Reading, _ctx: this['Context'], out: Collector<{ id: number; count: number }>): void {
    const count = this.state.count.value() + 1;
    this.state.count.update(count);
    out.collect({ id, count });
  }
}

class Numbered implements RichMapFunction<Reading, { id: number; opened: boolean; subtasks: number }> {
  #opened = false;
  #subtasks = 0;

  async open({ parallelism }: RuntimeContext): Promise<void> {
    await Promise.resolve();
    this.#opened = true;
    this.#subtasks = parallelism;
  }

  map({ id }: Reading): { id: number; opened: boolean; subtasks: number } {
    return { id, opened: this.#opened, subtasks: this.#subtasks };
  }
}

/** Emits at the end what it has counted. */
class CountedAtEnd implements RichFlatMapFunction<Reading, { records: number }> {
  #records = 0;

  flatMap(): void {
    this.#records++;
  }

  finish(out: Collector<{ records: number }>): void {
    out.collect({ records: this.#records });
  }
}

class OddAndThird extends ProcessFunction<Reading, string> {
  override processElement(reading: Reading, ctx: this['Context'], out: Collector<string>): void {
    if (reading.id % 2 === 1) ctx.output(odd, reading.id);
    if (reading.id % 3 === 0) ctx.output(third, reading);
    if (reading.id % 5 === 0) out.collect(`${reading.id} at ${ctx.timestamp()}`);
  }
}

const isHigh = (reading: Reading): reading is Reading & { readonly value: 50 } => reading.value === 50;

/** Any stream as lines, so that branches of all types can stand in one table. */
const lines = <T>(stream: DataStream<T>): DataStream<string> =>
  stream.map((value) => JSON.stringify(value, bigintText));
export const bigintText = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);

export const BRANCHES: Readonly<Record<string, (readings: DataStream<Reading>) => DataStream<string>>> = {
  map: (readings) => lines(readings.map(({ id, value }) => ({ id, twice: value * 2 }))),
  'rich map': (readings) => lines(readings.map(new Numbered())),
  filter: (readings) => lines(readings.filter(({ value }) => value > 0)),
  'filter by type': (readings) => lines(readings.filter(isHigh).map(({ value }): 50 => value)),
  flatMap: (readings) =>
    lines(
      readings.flatMap<string>(({ id, tags }, out) => {
        for (const tag of tags) out.collect(`${id} ${tag}`);
      }),
    ),
  'rich flatMap': (readings) => lines(readings.flatMap(new CountedAtEnd()).setParallelism(1)),
  process: (readings) => lines(readings.process(new OddAndThird())),
  'side output': (readings) => lines(readings.process(new OddAndThird()).getSideOutput(odd)),
  'other side output': (readings) =>
    lines(
      readings
        .process(new OddAndThird())
        .getSideOutput(third)
        .map(({ id }) => id),
    ),
  'process behind a key': (readings) => lines(readings.keyBy(({ sensor }) => sensor).process(new OddAndThird())),
  reduce: (readings) =>
    lines(
      readings
        .keyBy(({ sensor }) => sensor)
        .reduce((a, b) => ({ ...b, value: a.value + b.value, text: a.text }))
        .uid('reduce')
        .map(({ id, value, text }) => ({ id, value, text })),
    ),
  'reduce in place': (readings) =>
    lines(
      readings
        .map(({ id, sensor }) => ({ ids: [id], sensor }))
        .keyBy(({ sensor }) => sensor)
        .reduce((a, b) => {
          a.ids.push(...b.ids.map((id) => id % 10));
          return a;
        })
        .uid('reduce-in-place'),
    ),
  sum: (readings) =>
    lines(
      readings
        .keyBy(({ sensor }) => sensor)
        .sum('value')
        .uid('sum'),
    ),
  'sum of bigints': (readings) =>
    lines(
      readings
        .keyBy(({ sensor }) => sensor)
        .sum('big')
        .uid('sum-of-bigints'),
    ),
  'sum of a nested field': (readings) =>
    lines(
      readings
        .keyBy(({ sensor }) => sensor)
        .sum('place.height')
        .uid('sum-of-nested'),
    ),
  'sum of an element': (readings) =>
    lines(
      readings
        .map(({ sensor, value }): [number, number] => [sensor, value])
        .keyBy(([sensor]) => sensor)
        .sum(1)
        .uid('sum-of-element'),
    ),
  min: (readings) =>
    lines(
      readings
        .keyBy(({ sensor }) => sensor)
        .min('value')
        .uid('min'),
    ),
  max: (readings) =>
    lines(
      readings
        .keyBy(({ sensor }) => sensor)
        .max('text')
        .uid('max'),
    ),
  minBy: (readings) =>
    lines(
      readings
        .keyBy(({ sensor }) => sensor)
        .minBy('place.height')
        .uid('min-by'),
    ),
  'minBy, last': (readings) =>
    lines(
      readings
        .keyBy(({ sensor }) => sensor)
        .minBy('place.height', false)
        .uid('min-by-last'),
    ),
  maxBy: (readings) =>
    lines(
      readings
        .keyBy(({ sensor }) => sensor)
        .maxBy('at')
        .uid('max-by'),
    ),
  'maxBy, last': (readings) =>
    lines(
      readings
        .keyBy(({ sensor }) => sensor)
        .maxBy('at', false)
        .uid('max-by-last'),
    ),
  'a hash of its own': (readings) =>
    lines(
      readings
        .keyBy(({ text }) => text.length, { hash: (length) => length * 31, hashId: 'length' })
        .process(new CountOfKey())
        .uid('own-hash')
        .map(({ count }) => count),
    ),
  ...Object.fromEntries(
    Object.entries(KEYS).map(([name, selector]) => [
      `key: ${name}`,
      (readings: DataStream<Reading>): DataStream<string> =>
        lines(readings.keyBy(selector).process(new CountOfKey()).uid(`key ${name}`)),
    ]),
  ),
};

export default job('operator-tour', (env) => {
  env.enableCheckpointing('10 ms');
  const { parameters } = env;
  const count = parameters.number('records', 600);
  const recordsPerSecond = parameters.number('rate');
  const readings = env
    .fromSource(
      DataGenerator.of(reading, {
        count,
        timestamp: (id) => id * 10,
        ...(recordsPerSecond === undefined ? {} : { recordsPerSecond }),
      }),
      WatermarkStrategy.forMonotonousTimestamps(),
      'readings',
    )
    .uid('readings');
  for (const [name, branch] of Object.entries(BRANCHES)) {
    branch(readings)
      .sinkTo(FileSink.text(`${parameters.require('output')}/${name.replaceAll(' ', '-')}`))
      .uid(`out of ${name}`);
  }
});
