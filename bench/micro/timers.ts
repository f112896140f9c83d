// What timers cost: `node --conditions=source bench/micro/timers.ts`. Figures are for 100,000 of them, each of another key.
import { bench, do_not_optimize, group, run } from 'mitata';
import { VOID_NAMESPACE } from '../../src/base/keyed-state.ts';
import type { HashmapStateBackend } from '../../src/state/hashmap/hashmap-state-backend.ts';
import { BATCH, groups, keys, newBackend } from './keyed-load.ts';

/** As many as a subtask fires between two looks at its input. */
const FIRED_AT_ONCE = 128;

const TIMES: Readonly<Record<string, (index: number) => number>> = {
  'all at one time': () => 1000,
  'a hundred times': (index) => index % 100,
  'each at its own time': (index) => keys[index] ?? 0,
};

function forEachKey(backend: HashmapStateBackend, act: (index: number) => void): void {
  for (let index = 0; index < BATCH; index++) {
    backend.setCurrentKey(keys[index], groups[index] ?? 0);
    act(index);
  }
}

for (const [name, timeOf] of Object.entries(TIMES)) {
  group(`${BATCH} timers, ${name}`, () => {
    const backend = newBackend();
    const { timers } = backend;
    const register = (): void =>
      forEachKey(backend, (index) => timers.register('event-time', VOID_NAMESPACE, timeOf(index)));

    bench('registered and fired', () => {
      register();
      let fired = 0;
      const count = (): void => void fired++;
      while (!timers.fire('event-time', Number.POSITIVE_INFINITY, FIRED_AT_ONCE, count));
      do_not_optimize(fired);
    });

    bench('registered and deleted', () => {
      register();
      forEachKey(backend, (index) => timers.delete('event-time', VOID_NAMESPACE, timeOf(index)));
    });

    bench('registered again and again', () => {
      register();
      register();
    });
  });
}

await run();
