/** State with something in it: each key has a count, the number of its last event, and a text of 100 characters. */
import { KeyedProcessFunction, valueState, WatermarkStrategy } from 'millrace';
import type { Collector, DataStream, StreamExecutionEnvironment } from 'millrace';
import { Random } from '../nexmark/random.ts';
import { BLOCK } from '../nexmark/tables.ts';
import type { TimedRow } from '../paced/latency-keeper.ts';
import type { PacedParameters } from '../paced/paced-parameters.ts';
import { PacedSource } from '../paced/paced-source.ts';

const TEXT_LENGTH = 100;
const TEXT_STARTS = 65_000;
const KEY_SALT = 5;

interface Update extends TimedRow {
  readonly key: number;
}

export interface Updated extends Update {
  readonly count: number;
}

interface Latest {
  readonly count: number;
  readonly n: number;
  readonly text: string;
}

const random = new Random();

/** Any number of keys, also more than Random.below can draw from. */
function keyOf(n: number, keyCount: number): number {
  return Math.floor((random.seed(n, KEY_SALT).next() / 2 ** 32) * keyCount);
}

class LatestTexts extends KeyedProcessFunction<number, Update, Updated> {
  state = { latest: valueState<Latest>('latest') };

  override processElement({ key, n, dueMs }: Update, _ctx: this['Context'], out: Collector<Updated>): void {
    const count = (this.state.latest.value()?.count ?? 0) + 1;
    const start = Math.max(n, 0) % TEXT_STARTS;
    this.state.latest.update({ count, n, text: BLOCK.slice(start, start + TEXT_LENGTH) });
    out.collect({ key, count, n, dueMs });
  }
}

/** One row for each update; all keys are there before the clock starts. */
export function latestTexts(env: StreamExecutionEnvironment, parameters: PacedParameters): DataStream<Updated> {
  const { keyCount, source } = parameters;
  const updates = new PacedSource<Update>({
    ...source,
    fillCount: keyCount,
    fill: (key) => ({ key, n: -1, dueMs: 0 }),
    make: (n, dueMs) => ({ key: keyOf(n, keyCount), n, dueMs }),
  });
  return env
    .fromSource(updates, WatermarkStrategy.noWatermarks(), 'updates')
    .uid('updates')
    .keyBy(({ key }) => key)
    .process(new LatestTexts())
    .uid('latest');
}
