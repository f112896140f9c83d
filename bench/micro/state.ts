// What access to keyed state on the heap costs: `node --conditions=source bench/micro/state.ts`. One million keys in 128 key groups.
// On a machine that does other things too, compare the minima.
import { bench, do_not_optimize, group, run } from 'mitata';
import { checkpointId } from '../../src/base/ids.ts';
import { VOID_NAMESPACE } from '../../src/base/keyed-state.ts';
import { keyGroupOf } from '../../src/state/key-groups.ts';
import { BATCH, counting, groups, KEY_COUNT, keys, MAX_PARALLELISM, newBackend } from './keyed-load.ts';

const texts: readonly string[] = Array.from(keys, (key) => `customer-${key}`);
const textGroups: Uint8Array = Uint8Array.from(texts, (text) => keyGroupOf(text, MAX_PARALLELISM));

group(`key group of ${BATCH} keys`, () => {
  bench('int', () => {
    let sum = 0;
    for (let index = 0; index < BATCH; index++) sum += keyGroupOf(keys[index], MAX_PARALLELISM);
    do_not_optimize(sum);
  });
  bench('text of 15 characters', () => {
    let sum = 0;
    for (let index = 0; index < BATCH; index++) sum += keyGroupOf(texts[index], MAX_PARALLELISM);
    do_not_optimize(sum);
  });
});

group(`${BATCH} times get and put, 1 M keys`, () => {
  bench('a count, int keys', counting(newBackend()));
  bench(
    'a count, text keys',
    counting(newBackend(), (index) => texts[index] ?? '', textGroups),
  );

  const tracked = newBackend();
  const step = counting(tracked);
  let id = 0;
  bench('a count, int keys, first change after each snapshot', () => {
    tracked.startSnapshot(checkpointId(++id), 'incremental').cancel();
    step();
  });

  bench('an object, changed in place', changingObjects());
});

function changingObjects(): () => void {
  const backend = newBackend();
  const state = backend.table({ name: 'sum', kind: 'value' });
  for (let index = 0; index < KEY_COUNT; index++) {
    backend.setCurrentKey(keys[index], groups[index] ?? 0);
    state.put(VOID_NAMESPACE, { count: 0, sum: 0 });
  }
  let position = 0;
  return () => {
    for (let index = 0; index < BATCH; index++) {
      backend.setCurrentKey(keys[position], groups[position] ?? 0);
      const held = state.get(VOID_NAMESPACE);
      if (isSum(held)) {
        held.count++;
        held.sum += index;
        state.put(VOID_NAMESPACE, held);
      }
      position = (position + 1) % KEY_COUNT;
    }
  };
}

function isSum(value: unknown): value is { count: number; sum: number } {
  return typeof value === 'object' && value !== null && 'sum' in value;
}

await run();
