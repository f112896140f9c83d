/** A job whose module does what it should not beside its functions; parameter `how` says what. */
import { setInterval, setTimeout } from 'node:timers';
import { isMainThread } from 'node:worker_threads';
import { DataGenerator, job, WatermarkStrategy } from 'millrace';
import type { RichMapFunction } from 'millrace';

const CLOSE_MS = 60_000;

export default job('unruly', (env) => {
  const how = env.parameters.require('how');
  if (how === 'lingers' && isMainThread) setInterval(() => {}, 1000);
  if (how === 'rejects' && isMainThread) void rejectSoon();
  const closesSlowly: RichMapFunction<number, number> = {
    map: (value) => value,
    close: () => new Promise((resolve) => void setTimeout(resolve, how === 'closes-slowly' ? CLOSE_MS : 0)),
  };
  const isEndless = how === 'rejects' || how === 'closes-slowly';
  env
    .fromSource(
      DataGenerator.of((index) => index, isEndless ? { recordsPerSecond: 100 } : { count: 3 }),
      WatermarkStrategy.noWatermarks(),
      'numbers',
    )
    .uid('numbers')
    .map(closesSlowly)
    .print('row');
});

async function rejectSoon(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  throw new RangeError('nobody waits for this');
}
