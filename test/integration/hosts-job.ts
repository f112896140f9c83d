/** The job of hosts.test.ts: the numbers of one split for each slot, counted by key, or only checked where no slot needs another. */
import { job, KeyedProcessFunction, valueState, WatermarkStrategy } from 'millrace';
import type { Collector } from 'millrace';
import { CollectSink } from '../../src/connectors/collect/collect-sink.ts';
import { playedSource } from '../support/played-source.ts';
import type { Played } from '../support/played-source.ts';

export const SLOTS = 2;
export const KEYS = 4;

const ZERO: Played<number> = { value: 0 };

/** Evaluations of the definition in this thread. */
let evaluations = 0;

interface Count {
  readonly key: number;
  readonly count: number;
}

class CountPerKey extends KeyedProcessFunction<number, number, Count> {
  state = { count: valueState<number>('count', { default: 0 }) };

  override processElement(_value: number, context: this['Context'], out: Collector<Count>): void {
    const count = this.state.count.value() + 1;
    this.state.count.update(count);
    out.collect({ key: context.currentKey, count });
  }
}

function numbers(count: number, slot: number): readonly Played<number>[] {
  return Array.from({ length: count }, (_, index) => ({ value: index * SLOTS + slot }));
}

export default job('hosted', (env) => {
  const { parameters } = env;
  evaluations++;
  const splits = {
    'split-0': numbers(parameters.number('records-0', 100), 0),
    'split-1': numbers(parameters.number('records-1', 100), 1),
    'one-more': [{ value: -1 }],
    // One record again and again: longer than any test runs.
    endless: Array.from({ length: parameters.flag('endless') ? 5_000_000 : 0 }, () => ZERO),
  };
  const failing = parameters.number('fail-at', Number.NaN);
  const name = parameters.flag('every-evaluation-differs') ? `evaluation ${evaluations}` : 'numbers';
  const checked = env
    .fromSource(
      playedSource(splits, { staysOpen: parameters.flag('stays-open') }),
      WatermarkStrategy.noWatermarks(),
      name,
    )
    .uid('numbers')
    .map((value) => {
      if (value === failing) throw new RangeError(`no ${value}`);
      return value;
    })
    .name('checked');
  if (parameters.flag('apart')) checked.sinkTo(new CollectSink<number>()).uid('rows');
  else
    checked
      .keyBy((value) => value % KEYS)
      .process(new CountPerKey())
      .uid('counts')
      .sinkTo(new CollectSink<Count>())
      .uid('rows');
});
