/** Keys and a backend that the micro benchmarks of state, timers and snapshots share. */
import { VOID_NAMESPACE } from '../../src/base/keyed-state.ts';
import { nodeStrings } from '../../src/host/node/node-strings.ts';
import { HashmapStateBackend } from '../../src/state/hashmap/hashmap-state-backend.ts';
import { keyGroupOf } from '../../src/state/key-groups.ts';

export const KEY_COUNT = 1_000_000;
export const MAX_PARALLELISM = 128;
/** Accesses per iteration: figures are for so many. */
export const BATCH = 100_000;

export function newBackend(): HashmapStateBackend {
  return new HashmapStateBackend({
    keyGroups: { start: 0, end: MAX_PARALLELISM - 1 },
    maxParallelism: MAX_PARALLELISM,
    strings: nodeStrings,
  });
}

/** Keys in the order of a full-period linear congruence: neither sorted nor repeated. */
export const keys: Uint32Array = new Uint32Array(KEY_COUNT);
for (let index = 0, key = 1; index < KEY_COUNT; index++) {
  keys[index] = key;
  key = (key * 421 + 1_663) % KEY_COUNT;
}
export const groups: Uint8Array = Uint8Array.from(keys, (key) => keyGroupOf(key, MAX_PARALLELISM));

/** Returns a function that counts `BATCH` keys up, the next ones with each call. All keys have a count from the beginning. */
export function counting(
  backend: HashmapStateBackend,
  keyAt: (index: number) => number | string = (index) => keys[index] ?? 0,
  groupAt: Uint8Array = groups,
): () => void {
  const count = backend.table({ name: 'count', kind: 'value' });
  const step = (index: number): void => {
    backend.setCurrentKey(keyAt(index), groupAt[index] ?? 0);
    const held = count.get(VOID_NAMESPACE);
    count.put(VOID_NAMESPACE, typeof held === 'number' ? held + 1 : 1);
  };
  for (let index = 0; index < KEY_COUNT; index++) step(index);
  let position = 0;
  return () => {
    for (let index = 0; index < BATCH; index++) {
      step(position);
      position = (position + 1) % KEY_COUNT;
    }
  };
}
