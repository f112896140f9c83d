/** Streams that a script writes down itself: small checks of single sentences, on the calling thread. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FLIGHTS_FILE } from '../../../examples/flights-input.ts';
import { FileSink, FileSource } from '../../../src/connectors/files/index.ts';
import { ParquetSource, parquetSchema } from '../../../src/connectors/parquet/index.ts';
import {
  createEnvironment,
  DataGenerator,
  KeyedProcessFunction,
  mapState,
  NumberSequenceSource,
  outputTag,
  ProcessWindowFunction,
  TumblingEventTimeWindows,
  valueState,
  WatermarkStrategy,
} from '../../../src/index.ts';
import type { Collector, TimeWindow } from '../../../src/index.ts';
import { committedFiles, scratchFolder } from '../../support/run-job.ts';

const NONE = WatermarkStrategy.noWatermarks();

describe('a script', () => {
  it('collects what a stream emits, in order', async () => {
    expect(await createEnvironment().fromCollection([3, 1, 2]).executeAndCollect()).toEqual([3, 1, 2]);
    expect(await createEnvironment().fromSequence(-2, 2).executeAndCollect()).toEqual([-2, -1, 0, 1, 2]);
    expect(await createEnvironment().fromCollection<number>([]).executeAndCollect()).toEqual([]);
  });

  it('ends an endless stream at the limit', async () => {
    const env = createEnvironment();
    const endless = env.fromSource(
      DataGenerator.of((n) => n),
      NONE,
      'endless',
    );
    expect(await endless.executeAndCollect(5)).toEqual([0, 1, 2, 3, 4]);
  });

  it('collects exactly what it collects without when it takes checkpoints', async () => {
    const env = createEnvironment();
    env.enableCheckpointing(10);
    const numbers = env.fromSource(
      DataGenerator.of((n) => n, { count: 300, recordsPerSecond: 5000 }),
      NONE,
      'numbers',
    );
    const counts = await numbers
      .map((n) => ({ key: n % 3, count: 1 }))
      .keyBy(({ key }) => key)
      .sum('count')
      .executeAndCollect();
    expect(counts.filter(({ key }) => key === 2).map(({ count }) => count)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
    expect(counts).toHaveLength(300);
  });

  it('collects values of every kind as they are', async () => {
    const values = [
      undefined,
      null,
      true,
      -0,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      2n ** 80n,
      'a\ud800',
      new Date(7),
      new Date(Number.NaN),
      [1, [2, undefined]],
      { a: undefined, b: { c: 1 } },
      new Map<unknown, unknown>([[1, new Set(['x'])]]),
      new Uint8Array([1, 2]),
      new Float64Array([0.5]),
    ];
    const env = createEnvironment();
    // Through an exchange, and through state.
    const rows = await env
      .fromCollection(values)
      .rebalance()
      .map((value) => ({ value }))
      .keyBy(() => 'all')
      .process(new OneBehind())
      .executeAndCollect();
    expect(rows).toStrictEqual(values.map((value) => ({ value })));
  });

  it('gives parameters to the definition', async () => {
    const env = createEnvironment({ parameters: new Map([['n', '4']]) });
    const n = env.parameters.number('n', 0);
    expect(
      await env
        .fromElements(1)
        .map((value) => value * n)
        .executeAndCollect(),
    ).toEqual([4]);
  });

  it('writes to sinks with execute', async () => {
    const folder = scratchFolder();
    const env = createEnvironment();
    env.fromElements('b', 'a').sinkTo(FileSink.text(folder));
    await env.execute('two lines');
    expect(committedFiles(folder)).toHaveLength(1);
  });

  it('rejects with what a function threw', async () => {
    const env = createEnvironment();
    const failing = env.fromElements(1, 2).map((n) => {
      if (n === 2) throw new RangeError('two');
      return n;
    });
    await expect(failing.executeAndCollect()).rejects.toMatchObject({
      code: 'USER_FUNCTION_FAILED',
      cause: { message: 'two' },
    });
  });
});

/** Emits each record when the next one comes, out of state, and the last one at the end of time. */
class OneBehind extends KeyedProcessFunction<string, { value: unknown }, { value: unknown }> {
  state = { last: valueState<{ value: unknown }>('last') };

  override processElement(record: { value: unknown }, ctx: this['Context'], out: Collector<{ value: unknown }>): void {
    this.#emitLast(out);
    this.state.last.update(record);
    ctx.timerService.registerEventTimeTimer(Number.POSITIVE_INFINITY);
  }

  override onTimer(_timestampMs: number, _ctx: this['OnTimerContext'], out: Collector<{ value: unknown }>): void {
    this.#emitLast(out);
  }

  #emitLast(out: Collector<{ value: unknown }>): void {
    const last = this.state.last.value();
    if (last !== undefined) out.collect({ value: last.value });
  }
}

/** Counts down by processing-time timers, each registered by the one before. */
class CountDown extends KeyedProcessFunction<string, { key: string; from: number }, string> {
  state = { left: valueState<number>('left', { default: 0 }), due: mapState<string, number>('due') };

  override processElement({ from }: { key: string; from: number }, ctx: this['Context'], out: Collector<string>): void {
    const nowMs = ctx.timerService.currentProcessingTime();
    this.state.left.update(from);
    ctx.timerService.registerProcessingTimeTimer(nowMs + 5);
    // One that has passed fires too; one that is deleted does not, nor does one fire twice.
    ctx.timerService.registerProcessingTimeTimer(1);
    ctx.timerService.registerProcessingTimeTimer(1);
    ctx.timerService.registerProcessingTimeTimer(2);
    ctx.timerService.deleteProcessingTimeTimer(2);
    out.collect(`${ctx.currentKey} starts`);
  }

  override onTimer(timestampMs: number, ctx: this['OnTimerContext'], out: Collector<string>): void {
    if (timestampMs < 5) return out.collect(`${ctx.currentKey} has passed ${timestampMs} ${ctx.timeDomain}`);
    const left = this.state.left.value();
    out.collect(`${ctx.currentKey} ${left}`);
    this.state.left.update(left - 1);
    if (left > 1) ctx.timerService.registerProcessingTimeTimer(timestampMs + 5);
  }
}

describe('processing-time timers', () => {
  it('fire while the job goes on, in chains', async () => {
    const env = createEnvironment();
    // Open until all have fired: at the end of input processing-time timers are dropped, as in Flink.
    const rows = await env
      .fromSource(
        DataGenerator.of((n) => ({ key: n === 0 ? 'a' : 'b', from: 3 }), { recordsPerSecond: 1000 }),
        NONE,
        'starts',
      )
      .filter(firstOf(2))
      .keyBy(({ key }) => key)
      .process(new CountDown())
      .executeAndCollect(10);
    for (const key of ['a', 'b']) {
      expect(rows.filter((row) => row.startsWith(key))).toEqual([
        `${key} starts`,
        `${key} has passed 1 processing-time`,
        `${key} 3`,
        `${key} 2`,
        `${key} 1`,
      ]);
    }
  });

  it('that are not due at the end of input do not fire', async () => {
    const rows = await createEnvironment()
      .fromElements({ key: 'a', from: 3 })
      .keyBy(({ key }) => key)
      .process(new Later())
      .executeAndCollect();
    expect(rows).toEqual([]);
  });
});

class Later extends KeyedProcessFunction<string, { key: string }, string> {
  override processElement(_value: { key: string }, ctx: this['Context']): void {
    ctx.timerService.registerProcessingTimeTimer(ctx.timerService.currentProcessingTime() + 3_600_000);
  }

  override onTimer(_timestampMs: number, _ctx: this['OnTimerContext'], out: Collector<string>): void {
    out.collect('fired');
  }
}

function firstOf(count: number): () => boolean {
  let seen = 0;
  return () => seen++ < count;
}

const opened = outputTag<string>('opened');

class Spans extends ProcessWindowFunction<number, string, string, TimeWindow> {
  override process(key: string, ctx: this['Context'], values: Iterable<number>, out: Collector<string>): void {
    const { startMs, endMs, maxTimestampMs } = ctx.window;
    out.collect(`${key} [${startMs}, ${endMs}) ${maxTimestampMs} ${[...values].join(' ')}`);
    ctx.output(opened, key);
  }
}

describe('windows', () => {
  it('of days, with an offset, hold what lies in them', async () => {
    const env = createEnvironment();
    const hour = 3_600_000;
    const times = WatermarkStrategy.forMonotonousTimestamps<number>().withTimestampAssigner((n) => n * hour);
    const windows = env
      .fromCollection([0, 5, 6, 29, 30, 53, 54], times)
      .keyBy(() => 'k')
      .window(TumblingEventTimeWindows.of('1 d', '6 h'))
      .process(new Spans());
    const day = 24 * hour;
    expect(await windows.executeAndCollect()).toEqual([
      `k [${6 * hour - day}, ${6 * hour}) ${6 * hour - 1} 0 5`,
      `k [${6 * hour}, ${6 * hour + day}) ${6 * hour + day - 1} 6 29`,
      `k [${6 * hour + day}, ${6 * hour + 2 * day}) ${6 * hour + 2 * day - 1} 30 53`,
      `k [${6 * hour + 2 * day}, ${6 * hour + 3 * day}) ${6 * hour + 3 * day - 1} 54`,
    ]);
  });

  it('have side outputs', async () => {
    const env = createEnvironment();
    const times = WatermarkStrategy.forMonotonousTimestamps<number>().withTimestampAssigner((n) => n);
    const windows = env
      .fromCollection([1, 2, 11], times)
      .keyBy((n) => String(n % 2))
      .window(TumblingEventTimeWindows.of(10))
      .process(new Spans());
    expect((await windows.getSideOutput(opened).executeAndCollect()).toSorted()).toEqual(['0', '1', '1']);
  });
});

describe('the flights file', () => {
  it('gives its first rows as another reader of Parquet gives them', async () => {
    const count = 500;
    const file = await asyncBufferFromFile(FLIGHTS_FILE);
    const expected = await parquetReadObjects({
      file,
      rowEnd: count,
      compressors: { ZSTD: (input) => zstdDecompressSync(input) },
    });
    const schema = parquetSchema({
      date: 'timestamp',
      delay: 'int',
      distance: 'int',
      origin: 'string',
      destination: 'string',
    });
    const env = createEnvironment();
    const rows = await env.fromSource(ParquetSource.of(schema, FLIGHTS_FILE), NONE, 'flights').executeAndCollect(count);
    expect(rows.map(({ date, delay, ...row }) => ({ ...row, date: date.toISOString(), delay: BigInt(delay) }))).toEqual(
      expected.map(({ date, delay, distance, origin, destination }) => ({
        distance: Number(distance),
        origin,
        destination,
        date: (date as Date).toISOString(),
        delay: BigInt(delay as number),
      })),
    );
  });
});

describe('sources in a script', () => {
  it('read a folder and patterns', async () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, 'in'));
    for (const name of ['a.txt', 'b.txt', 'c.log']) writeFileSync(join(folder, 'in', name), `${name}\n`);
    const read = (paths: string | readonly string[]): Promise<readonly string[]> =>
      createEnvironment().fromSource(FileSource.text(paths), NONE, 'text').executeAndCollect();
    expect(await read(join(folder, 'in'))).toEqual(['a.txt', 'b.txt', 'c.log']);
    expect(await read(join(folder, 'in/*.txt'))).toEqual(['a.txt', 'b.txt']);
    expect(await read([join(folder, 'in/c.log'), join(folder, 'in/a.*')])).toEqual(['a.txt', 'c.log']);
  });

  it('of sequences can be given to fromSource', async () => {
    const env = createEnvironment();
    expect(await env.fromSource(new NumberSequenceSource(1, 3), NONE, 'sequence').executeAndCollect()).toEqual([
      1, 2, 3,
    ]);
  });
});
