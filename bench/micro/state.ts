// What keyed state on the heap costs: `node --conditions=source bench/micro/state.ts`. One million int keys in 128 key groups.
// On a machine that does other things too, compare the minima.
import { bench, do_not_optimize, group, run } from 'mitata';
import { checkpointId } from '../../src/base/ids.ts';
import { VOID_NAMESPACE } from '../../src/base/keyed-state.ts';
import { nodeStrings } from '../../src/host/node/node-strings.ts';
import { HashmapStateBackend } from '../../src/state/hashmap/hashmap-state-backend.ts';
import { keyGroupOf } from '../../src/state/key-groups.ts';

const KEY_COUNT = 1_000_000;
const MAX_PARALLELISM = 128;
/** Accesses per iteration: figures are for so many. */
const BATCH = 100_000;

function newBackend(): HashmapStateBackend {
  return new HashmapStateBackend({
    keyGroups: { start: 0, end: MAX_PARALLELISM - 1 },
    maxParallelism: MAX_PARALLELISM,
    strings: nodeStrings,
  });
}

/** Keys in the order of a full-period linear congruence: neither sorted nor repeated. */
const keys: Uint32Array = new Uint32Array(KEY_COUNT);
for (let index = 0, key = 1; index < KEY_COUNT; index++) {
  keys[index] = key;
  key = (key * 421 + 1_663) % KEY_COUNT;
}
const groups: Uint8Array = Uint8Array.from(keys, (key) => keyGroupOf(key, MAX_PARALLELISM));
const texts: readonly string[] = Array.from(keys, (key) => `customer-${key}`);
const textGroups: Uint8Array = Uint8Array.from(texts, (text) => keyGroupOf(text, MAX_PARALLELISM));

let position = 0;

function counting(
  backend: HashmapStateBackend,
  keyAt: (index: number) => number | string,
  groupAt: Uint8Array,
): () => void {
  const count = backend.table({ name: 'count', kind: 'value' });
  const step = (index: number): void => {
    backend.setCurrentKey(keyAt(index), groupAt[index] ?? 0);
    const held = count.get(VOID_NAMESPACE);
    count.put(VOID_NAMESPACE, typeof held === 'number' ? held + 1 : 1);
  };
  for (let index = 0; index < KEY_COUNT; index++) step(index);
  return () => {
    for (let index = 0; index < BATCH; index++) {
      step(position);
      position = (position + 1) % KEY_COUNT;
    }
  };
}

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

group(`${BATCH} times get and put of a count, 1 M keys`, () => {
  bench(
    'int keys',
    counting(newBackend(), (index) => keys[index] ?? 0, groups),
  );
  bench(
    'text keys',
    counting(newBackend(), (index) => texts[index] ?? '', textGroups),
  );

  const tracked = newBackend();
  const step = counting(tracked, (index) => keys[index] ?? 0, groups);
  let id = 0;
  bench('int keys, first change after each snapshot', () => {
    tracked.startSnapshot(checkpointId(++id), 'incremental').cancel();
    step();
  });

  const objects = newBackend();
  const state = objects.table({ name: 'sum', kind: 'value' });
  for (let index = 0; index < KEY_COUNT; index++) {
    objects.setCurrentKey(keys[index], groups[index] ?? 0);
    state.put(VOID_NAMESPACE, { count: 0, sum: 0 });
  }
  bench('int keys, object changed in place', () => {
    for (let index = 0; index < BATCH; index++) {
      objects.setCurrentKey(keys[position], groups[position] ?? 0);
      const held = state.get(VOID_NAMESPACE);
      if (isSum(held)) {
        held.count++;
        held.sum += index;
        state.put(VOID_NAMESPACE, held);
      }
      position = (position + 1) % KEY_COUNT;
    }
  });
});

function isSum(value: unknown): value is { count: number; sum: number } {
  return typeof value === 'object' && value !== null && 'sum' in value;
}

group('snapshot of 1 M counts', () => {
  const backend = newBackend();
  counting(backend, (index) => keys[index] ?? 0, groups);
  let id = 0;
  bench('full', () => {
    const cursor = backend.startSnapshot(checkpointId(++id), 'full');
    let bytes = 0;
    const sink = {
      writeSection: (section: { readonly bytes: Uint8Array }): void => void (bytes += section.bytes.length),
    };
    while (!cursor.advance(1000, sink));
    backend.checkpointAborted(cursor.checkpointId);
    do_not_optimize(bytes);
  });
  bench('the synchronous part, incremental', () => {
    const cursor = backend.startSnapshot(checkpointId(++id), 'incremental');
    cursor.cancel();
    do_not_optimize(cursor);
  });
});

group(`${BATCH} timers registered and fired`, () => {
  const backend = newBackend();
  const register = (time: (index: number) => number): void => {
    for (let index = 0; index < BATCH; index++) {
      backend.setCurrentKey(keys[index], groups[index] ?? 0);
      backend.timers.register('event-time', VOID_NAMESPACE, time(index));
    }
    let fired = 0;
    while (!backend.timers.fire('event-time', Number.POSITIVE_INFINITY, 1000, () => fired++));
    do_not_optimize(fired);
  };
  bench('at one time', () => register(() => 1000));
  bench('each at its own time', () => register((index) => keys[index] ?? 0));
});

await run();
