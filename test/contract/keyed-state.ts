/**
 * What every KeyedStateBackend has to do, whatever it keeps state in. Snapshots under load are the subject of
 * keyed-state-property.ts.
 */
import { describe, expect, it } from 'vitest';
import { checkpointId } from '../../src/base/ids.ts';
import { VOID_NAMESPACE } from '../../src/base/keyed-state.ts';
import type { KeyGroupRange, KeyedStateBackend, MapStateTable, StateTable } from '../../src/base/keyed-state.ts';
import type { KeyGroupChain } from '../../src/base/state-handle.ts';
import { goldenCase } from '../support/golden-case.ts';
import { keyGroupOf, keyGroupRange } from '../../src/state/key-groups.ts';
import { MemorySectionStorage, SnapshotWriter } from './keyed-state-storage.ts';

const MAX_PARALLELISM = 128;
const ALL_GROUPS: KeyGroupRange = { start: 0, end: MAX_PARALLELISM - 1 };

export type CreateBackend = (range: KeyGroupRange, maxParallelism: number) => KeyedStateBackend;

class Fixture {
  readonly storage: MemorySectionStorage = new MemorySectionStorage();
  readonly #create: CreateBackend;
  #checkpoints = 0;

  constructor(create: CreateBackend) {
    this.#create = create;
  }

  backend(range: KeyGroupRange = ALL_GROUPS): KeyedStateBackend {
    return this.#create(range, MAX_PARALLELISM);
  }

  /** Takes a whole snapshot, as one checkpoint that is completed. */
  checkpoint(backend: KeyedStateBackend, mode: 'full' | 'incremental' = 'incremental'): readonly KeyGroupChain[] {
    const id = checkpointId(++this.#checkpoints);
    const chains = new SnapshotWriter(backend, this.storage, { id, mode }).finish();
    backend.checkpointCompleted(id);
    return chains;
  }

  start(backend: KeyedStateBackend, mode: 'full' | 'incremental' = 'incremental'): SnapshotWriter {
    return new SnapshotWriter(backend, this.storage, { id: checkpointId(++this.#checkpoints), mode });
  }

  restored(chains: readonly KeyGroupChain[], range: KeyGroupRange = ALL_GROUPS): KeyedStateBackend {
    const backend = this.backend(range);
    this.storage.restore(backend, chains);
    return backend;
  }
}

function use(backend: KeyedStateBackend, key: unknown): void {
  backend.setCurrentKey(key, keyGroupOf(key, MAX_PARALLELISM));
}

function valueTable(backend: KeyedStateBackend, name: string = 'value'): StateTable {
  return backend.table({ name, kind: 'value' });
}

function mapTable(backend: KeyedStateBackend): MapStateTable {
  return backend.mapTable({ name: 'map', kind: 'map' });
}

function write(backend: KeyedStateBackend, table: StateTable, key: unknown, value: unknown): void {
  use(backend, key);
  table.put(VOID_NAMESPACE, value);
}

function read(backend: KeyedStateBackend, table: StateTable, key: unknown): unknown {
  use(backend, key);
  return table.get(VOID_NAMESPACE);
}

interface Values {
  readonly backend: KeyedStateBackend;
  readonly table: StateTable;
}

function valueIn(backend: KeyedStateBackend, key: unknown): unknown {
  return read(backend, valueTable(backend), key);
}

/** An empty value state, at a key. */
function atKey(create: CreateBackend): Values {
  const backend = new Fixture(create).backend();
  const table = valueTable(backend);
  use(backend, 'k');
  return { backend, table };
}

/** A value state of the keys 0, 1, 2, ..., each of which is its own value unless `valueOf` says otherwise. */
function filled(fixture: Fixture, count: number, valueOf: (key: number) => unknown = (key) => key): Values {
  const backend = fixture.backend();
  const table = valueTable(backend);
  for (let key = 0; key < count; key++) write(backend, table, key, valueOf(key));
  return { backend, table };
}

/** Registers one describe block; call it from a test file of the backend. */
export function keyedStateContract(create: CreateBackend): void {
  describe('values', () => {
    it('are kept by state, key and namespace', () => {
      const backend = new Fixture(create).backend();
      const [first, second] = [valueTable(backend, 'a'), valueTable(backend, 'b')];
      write(backend, first, 'k', 1);
      first.put(1000, 2);
      second.put(VOID_NAMESPACE, 3);
      use(backend, 'other');
      expect(first.get(VOID_NAMESPACE)).toBeUndefined();
      first.put(VOID_NAMESPACE, 4);
      use(backend, 'k');
      expect([first.get(VOID_NAMESPACE), first.get(1000), second.get(VOID_NAMESPACE)]).toEqual([1, 2, 3]);
      expect(first.get('1000')).toBeUndefined();
      expect(backend.entryCount).toBe(4);
    });

    it('tell 5, 5n, "5" and composites apart, and take -0 for 0', () => {
      const backend = new Fixture(create).backend();
      const table = valueTable(backend);
      const keys = [5, 5n, '5', true, 'true', [5], ['5'], { a: 5 }, new Date(5), '\u0000', Number.NaN, 5.5];
      keys.forEach((key, index) => {
        write(backend, table, key, index);
      });
      expect(backend.entryCount).toBe(keys.length);
      const again = [5, 5n, '5', true, 'true', [5], ['5'], { a: 5 }, new Date(5), '\u0000', Number.NaN, 5.5];
      again.forEach((key, index) => {
        expect(read(backend, table, key)).toBe(index);
      });
      write(backend, table, -0, 'zero');
      expect(read(backend, table, 0)).toBe('zero');
    });

    it('may be null', () => {
      const { table } = atKey(create);
      table.put(VOID_NAMESPACE, null);
      expect(table.get(VOID_NAMESPACE)).toBeNull();
      expect(table.has(VOID_NAMESPACE)).toBe(true);
    });

    it('are gone after removal and can be put again', () => {
      const { backend, table } = atKey(create);
      table.put(VOID_NAMESPACE, 1);
      table.remove(VOID_NAMESPACE);
      expect(table.has(VOID_NAMESPACE)).toBe(false);
      table.remove(VOID_NAMESPACE);
      expect(backend.entryCount).toBe(0);
      table.put(VOID_NAMESPACE, 2);
      expect(table.get(VOID_NAMESPACE)).toBe(2);
    });

    it('may be changed in place and put back', () => {
      const backend = new Fixture(create).backend();
      const table = backend.table({ name: 'sum', kind: 'value' });
      write(backend, table, 'k', { sum: 1 });
      const held = table.get(VOID_NAMESPACE);
      Object.assign(held ?? {}, { sum: 2 });
      table.put(VOID_NAMESPACE, held);
      use(backend, 'other');
      expect(read(backend, table, 'k')).toEqual({ sum: 2 });
    });

    it('share nothing with what was put, or with another state', () => {
      const backend = new Fixture(create).backend();
      const [first, second] = [valueTable(backend, 'a'), valueTable(backend, 'b')];
      const put = { n: 1 };
      write(backend, first, 'k', put);
      put.n = 2;
      second.put(VOID_NAMESPACE, first.get(VOID_NAMESPACE));
      Object.assign(second.get(VOID_NAMESPACE) ?? {}, { n: 3 });
      expect(first.get(VOID_NAMESPACE)).toEqual({ n: 1 });
    });

    it('that cannot be stored are refused when they are put', () => {
      const { table } = atKey(create);
      expect(() => table.put(VOID_NAMESPACE, { f: () => 1 })).toThrow(
        expect.objectContaining({ code: 'VALUE_NOT_SERIALIZABLE' }),
      );
      expect(table.has(VOID_NAMESPACE)).toBe(false);
    });

    it('grow as lists by appending', () => {
      const backend = new Fixture(create).backend();
      const table = backend.table({ name: 'list', kind: 'list' });
      use(backend, 'k');
      for (const element of ['a', { b: 1 }, null]) table.append(VOID_NAMESPACE, element);
      expect(table.get(VOID_NAMESPACE)).toEqual(['a', { b: 1 }, null]);
    });
  });

  describe('a look at values', () => {
    it('does not count as a change', () => {
      const fixture = new Fixture(create);
      const backend = fixture.backend();
      const table = valueTable(backend);
      for (let key = 0; key < 5000; key++) {
        use(backend, key);
        table.put(VOID_NAMESPACE, { list: [key] });
      }
      fixture.checkpoint(backend);
      for (let key = 0; key < 5000; key++) {
        use(backend, key);
        expect(table.peek(VOID_NAMESPACE)).toEqual({ list: [key] });
        expect(table.peek(7)).toBeUndefined();
      }
      const written = fixture.start(backend);
      written.finish();
      expect(written.refs).toEqual([]);
    });

    it.each([
      ['numbers', (n: number): unknown => n],
      ['texts', (n: number): unknown => `value ${n}`],
      ['objects', (n: number): unknown => ({ list: [n] })],
    ])('visits each entry of %s under its key, also after a restore', (_, valueAt) => {
      const fixture = new Fixture(create);
      const backend = fixture.backend();
      const table = valueTable(backend);
      const expected: string[] = [];
      for (let key = 0; key < 300; key++) {
        use(backend, key);
        table.put(VOID_NAMESPACE, valueAt(key));
        table.put(1000 + (key % 3), valueAt(key));
        if (key % 2 === 0) table.remove(VOID_NAMESPACE);
        else expected.push(`${key} '' ${keyGroupOf(key, MAX_PARALLELISM)}`);
        expected.push(`${key} '${1000 + (key % 3)}' ${keyGroupOf(key, MAX_PARALLELISM)}`);
      }
      const restored = fixture.restored(fixture.checkpoint(backend));
      for (const visited of [backend, restored]) {
        const entries: string[] = [];
        const visitedTable = visited === backend ? table : valueTable(visited);
        visitedTable.forEachEntry((namespace) => {
          expect(visitedTable.peek(namespace)).toEqual(valueAt(Number(visited.currentKey)));
          entries.push(`${String(visited.currentKey)} '${namespace}' ${visited.currentKeyGroup}`);
        });
        expect(entries.toSorted()).toEqual(expected.toSorted());
        expect(visited.currentKey).toBeUndefined();
      }
    });
  });

  describe('maps', () => {
    it('keep entries in order of insertion', () => {
      const backend = new Fixture(create).backend();
      const map = mapTable(backend);
      use(backend, 'k');
      for (const key of ['b', 'a', 1, 1n, [2]]) map.put(VOID_NAMESPACE, key, 0);
      map.put(VOID_NAMESPACE, 'b', 7);
      map.remove(VOID_NAMESPACE, 'a');
      map.put(VOID_NAMESPACE, 'a', 8);
      expect([...map.keys(VOID_NAMESPACE)]).toEqual(['b', 1, 1n, [2], 'a']);
      expect([...map.entries(VOID_NAMESPACE)][0]).toEqual(['b', 7]);
      expect(map.get(VOID_NAMESPACE, [2])).toBe(0);
      expect(backend.entryCount).toBe(5);
    });

    it('bear removal while they are iterated', () => {
      const backend = new Fixture(create).backend();
      const map = mapTable(backend);
      use(backend, 'k');
      for (let key = 0; key < 10; key++) map.put(VOID_NAMESPACE, key, key);
      const seen: unknown[] = [];
      for (const [key] of map.entries(VOID_NAMESPACE)) {
        seen.push(key);
        map.remove(VOID_NAMESPACE, key);
        map.remove(VOID_NAMESPACE, Number(key) + 1);
      }
      expect(seen).toEqual([0, 2, 4, 6, 8]);
      expect(map.isEmpty(VOID_NAMESPACE)).toBe(true);
    });

    it('are cleared for one key and namespace only', () => {
      const backend = new Fixture(create).backend();
      const map = mapTable(backend);
      use(backend, 'k');
      map.put(VOID_NAMESPACE, 'a', 1);
      map.put(1000, 'a', 2);
      use(backend, 'other');
      map.put(VOID_NAMESPACE, 'a', 3);
      use(backend, 'k');
      map.clear(VOID_NAMESPACE);
      expect(map.has(VOID_NAMESPACE, 'a')).toBe(false);
      expect(map.get(1000, 'a')).toBe(2);
      use(backend, 'other');
      expect(map.get(VOID_NAMESPACE, 'a')).toBe(3);
    });

    it('have no empty bucket after a refused put', () => {
      const backend = new Fixture(create).backend();
      const map = mapTable(backend);
      use(backend, 'k');
      expect(() => map.put(VOID_NAMESPACE, null, 1)).toThrow(expect.objectContaining({ code: 'KEY_TYPE_UNSUPPORTED' }));
      expect(() => map.put(VOID_NAMESPACE, 'a', Symbol('s'))).toThrow(/VALUE|symbol/i);
      expect(map.isEmpty(VOID_NAMESPACE)).toBe(true);
    });
  });

  describe('access', () => {
    it('needs a current key', () => {
      const backend = new Fixture(create).backend();
      const [table, map] = [valueTable(backend), mapTable(backend)];
      const outside = expect.objectContaining({ code: 'STATE_ACCESS_OUTSIDE_CALL' });
      expect(() => table.get(VOID_NAMESPACE)).toThrow(outside);
      use(backend, 'k');
      table.get(VOID_NAMESPACE);
      backend.clearCurrentKey();
      expect(() => table.get(VOID_NAMESPACE)).toThrow(outside);
      expect(() => table.put(VOID_NAMESPACE, 1)).toThrow(outside);
      expect(() => map.put(VOID_NAMESPACE, 'a', 1)).toThrow(outside);
      expect(() => backend.timers.register('event-time', VOID_NAMESPACE, 1)).toThrow(outside);
    });

    it('computes a key group that did not come with the record', () => {
      const backend = new Fixture(create).backend();
      backend.setCurrentKey('flink', -1);
      expect(backend.currentKeyGroup).toBe(keyGroupOf('flink', MAX_PARALLELISM));
      expect(backend.currentKey).toBe('flink');
    });

    it('refuses key groups of other subtasks', () => {
      const backend = new Fixture(create).backend({ start: 3, end: 5 });
      expect(() => backend.setCurrentKey('k', 6)).toThrow(/Key group 6 is outside 3 to 5/);
      expect(() => backend.setCurrentKey('k', 2)).toThrow(/Key group 2/);
    });

    it('refuses keys that cannot be hashed', () => {
      const backend = new Fixture(create).backend();
      expect(() => backend.setCurrentKey({ a: null }, 3)).toThrow(
        expect.objectContaining({ code: 'KEY_TYPE_UNSUPPORTED' }),
      );
    });

    it('refuses two states of one name', () => {
      const backend = new Fixture(create).backend();
      valueTable(backend);
      expect(() => mapTable(backend)).not.toThrow();
      expect(() => valueTable(backend)).toThrow(expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }));
    });
  });

  describe('snapshots', () => {
    it('restore values of the whole domain', () => {
      const fixture = new Fixture(create);
      const backend = fixture.backend();
      const table = valueTable(backend);
      const values = [
        null,
        -0,
        Number.NaN,
        1n,
        'text \ud800',
        new Date(5),
        [1, [2]],
        { a: new Map([[1, new Set(['x'])]]) },
      ];
      values.forEach((value, index) => {
        write(backend, table, index, value);
      });
      const restored = fixture.restored(fixture.checkpoint(backend));
      const again = valueTable(restored);
      values.forEach((value, index) => {
        expect(read(restored, again, index)).toEqual(value);
      });
    });

    it('hold nothing of an empty backend', () => {
      const fixture = new Fixture(create);
      expect(fixture.checkpoint(fixture.backend(), 'full')).toEqual([]);
    });

    it('have no chain for a key group that became empty', () => {
      const fixture = new Fixture(create);
      const backend = fixture.backend();
      const table = valueTable(backend);
      write(backend, table, 'k', 1);
      expect(fixture.checkpoint(backend)).toHaveLength(1);
      use(backend, 'k');
      table.remove(VOID_NAMESPACE);
      expect(fixture.checkpoint(backend)).toEqual([]);
    });

    it('write only what changed, as deltas', () => {
      const fixture = new Fixture(create);
      const { backend, table } = filled(fixture, 10_000);
      fixture.checkpoint(backend);
      write(backend, table, 77, -1);
      use(backend, 78);
      table.remove(VOID_NAMESPACE);
      const writer = fixture.start(backend);
      const chains = writer.finish();
      expect(writer.refs.map(({ isBase, entryCount }) => ({ isBase, entryCount }))).toEqual([
        { isBase: false, entryCount: 1 },
        { isBase: false, entryCount: 1 },
      ]);
      const restored = fixture.restored(chains);
      expect(restored.entryCount).toBe(9999);
      const again = valueTable(restored);
      expect(read(restored, again, 77)).toBe(-1);
      use(restored, 78);
      expect(again.has(VOID_NAMESPACE)).toBe(false);
    });

    it('of a backend that was restored continue its chains', () => {
      const fixture = new Fixture(create);
      const { backend } = filled(fixture, 10_000);
      const restored = fixture.restored(fixture.checkpoint(backend));
      const again = valueTable(restored);
      write(restored, again, 5, -1);
      const writer = fixture.start(restored);
      const chains = writer.finish();
      expect(writer.refs).toEqual([expect.objectContaining({ isBase: false, entryCount: 1 })]);
      const changed = chains.find(({ keyGroup }) => keyGroup === keyGroupOf(5, MAX_PARALLELISM));
      expect(changed?.sections).toHaveLength(2);
      expect(valueIn(fixture.restored(chains), 5)).toBe(-1);
    });

    it('begin a new chain for a key group that was empty', () => {
      const fixture = new Fixture(create);
      const backend = fixture.backend();
      const tables = ['count', 'sum'].map((name) => valueTable(backend, name));
      const keys = Array.from({ length: 500 }, (_, key) => key);
      expect(fixture.checkpoint(backend).every(({ sections }) => sections.length === 0)).toBe(true);
      for (const key of keys) for (const table of tables) write(backend, table, key, key);
      const restored = fixture.restored(fixture.checkpoint(backend));
      const sums = valueTable(restored, 'sum');
      expect(keys.map((key) => read(restored, sums, key))).toEqual(keys);
    });

    it('write everything when the mode is full', () => {
      const fixture = new Fixture(create);
      const { backend } = filled(fixture, 1000);
      fixture.checkpoint(backend);
      const writer = fixture.start(backend, 'full');
      const chains = writer.finish();
      expect(writer.refs.every(({ isBase }) => isBase)).toBe(true);
      expect(chains.every(({ sections }) => sections.length === 1)).toBe(true);
      expect(writer.refs.reduce((sum, { entryCount }) => sum + entryCount, 0)).toBe(1000);
    });

    it('keep chains bounded without ever writing everything again', () => {
      const fixture = new Fixture(create);
      const keyCount = 8000;
      const { backend, table } = filled(fixture, keyCount);
      fixture.checkpoint(backend);
      for (let round = 0; round < 60; round++) {
        for (let key = 0; key < keyCount; key += 10) {
          write(backend, table, key, round);
        }
        const writer = fixture.start(backend);
        const chains = writer.finish();
        backend.checkpointCompleted(writer.cursor.checkpointId);
        const written = writer.refs.reduce((sum, { entryCount }) => sum + entryCount, 0);
        expect(written).toBeLessThan(0.35 * keyCount);
        expect(Math.max(...chains.map(({ sections }) => sections.length))).toBeLessThanOrEqual(25);
      }
    });

    it('show the moment of their start, in slices of the asked size', () => {
      const fixture = new Fixture(create);
      const { backend, table } = filled(fixture, 500, (key) => ({ n: key }));
      const writer = fixture.start(backend, 'full');
      expect(writer.cursor.remainingEntries).toBe(500);
      for (let key = 0; !writer.isDone; key = (key + 1) % 500) {
        use(backend, key);
        Object.assign(table.get(VOID_NAMESPACE) ?? {}, { n: -1 });
        const before = writer.cursor.remainingEntries;
        writer.advance(10);
        expect(before - writer.cursor.remainingEntries).toBeLessThanOrEqual(20);
      }
      const restored = fixture.restored(writer.finish());
      const again = valueTable(restored);
      for (let key = 0; key < 500; key++) {
        expect(read(restored, again, key)).toEqual({ n: key });
      }
    });

    it('that were cancelled or aborted leave their changes to the next', () => {
      const fixture = new Fixture(create);
      const { backend, table } = filled(fixture, 10_000);
      fixture.checkpoint(backend);
      const put = (key: number): void => {
        write(backend, table, key, -1);
      };
      put(1);
      const cancelled = fixture.start(backend);
      cancelled.cursor.cancel();
      backend.checkpointAborted(cancelled.cursor.checkpointId);
      put(2);
      const aborted = fixture.start(backend);
      aborted.finish();
      backend.checkpointAborted(aborted.cursor.checkpointId);
      put(3);
      const writer = fixture.start(backend);
      const restored = fixture.restored(writer.finish());
      expect(writer.refs.reduce((sum, { entryCount }) => sum + entryCount, 0)).toBe(3);
      const again = valueTable(restored);
      for (const key of [1, 2, 3]) {
        expect(read(restored, again, key)).toBe(-1);
      }
    });

    it('ignore the completion of checkpoints from before a restore', () => {
      const backend = new Fixture(create).backend();
      expect(() => backend.checkpointCompleted(checkpointId(41))).not.toThrow();
      expect(() => backend.checkpointAborted(checkpointId(41))).not.toThrow();
    });
  });

  describe('restore', () => {
    it('refuses a state of another kind, whichever comes first', () => {
      const fixture = new Fixture(create);
      const backend = fixture.backend();
      const table = backend.table({ name: 'map', kind: 'value' });
      write(backend, table, 'k', 1);
      const chains = fixture.checkpoint(backend);
      const incompatible = expect.objectContaining({ code: 'STATE_INCOMPATIBLE' });
      const restored = fixture.restored(chains);
      expect(() => mapTable(restored)).toThrow(incompatible);
      const declared = fixture.backend();
      mapTable(declared);
      expect(() => fixture.storage.restore(declared, chains)).toThrow(incompatible);
    });

    it('keeps states that nobody declares', () => {
      const fixture = new Fixture(create);
      const backend = fixture.backend();
      const table = valueTable(backend);
      write(backend, table, 'k', 1);
      const between = fixture.restored(fixture.checkpoint(backend));
      expect(valueIn(fixture.restored(fixture.checkpoint(between, 'full')), 'k')).toBe(1);
    });

    it('finds bytes of another key group and cut ones', () => {
      const fixture = new Fixture(create);
      const backend = fixture.backend();
      const table = valueTable(backend);
      write(backend, table, 'k', 'value');
      const [chain] = fixture.checkpoint(backend);
      const [ref] = chain?.sections ?? [];
      expect(ref).toBeDefined();
      if (chain === undefined || ref === undefined) return;
      const bytes = fixture.storage.read(ref);
      const corrupt = expect.objectContaining({ code: 'CHECKPOINT_CORRUPT' });
      expect(() => fixture.backend().restoreKeyGroup((chain.keyGroup + 1) % 128, [bytes], [ref])).toThrow(corrupt);
      for (let length = 0; length < bytes.length; length++) {
        expect(() => fixture.backend().restoreKeyGroup(chain.keyGroup, [bytes.subarray(0, length)], [ref])).toThrow(
          corrupt,
        );
      }
    });

    it.each([
      ['keyed-state-1-to-2', 1, 2],
      ['keyed-state-2-to-3', 2, 3],
      ['keyed-state-3-to-1', 3, 1],
    ])("at another parallelism is Flink's: %s", (name, oldParallelism, newParallelism) => {
      const { input, output } = goldenCase<{ subtask: number; k: string; v: number }, unknown>(name);
      const fixture = new Fixture(create);
      const old = Array.from({ length: oldParallelism }, (_, index) =>
        fixture.backend(keyGroupRange(MAX_PARALLELISM, oldParallelism, index)),
      );
      const sums = old.map((backend) => valueTable(backend, 'sum'));
      for (const { subtask, k, v } of input) {
        const [backend, sum] = [old[subtask], sums[subtask]];
        expect(backend).toBeDefined();
        if (backend === undefined || sum === undefined) return;
        use(backend, k);
        sum.put(VOID_NAMESPACE, Number(sum.get(VOID_NAMESPACE) ?? 0) + v);
        backend.timers.register('event-time', VOID_NAMESPACE, v);
      }
      const chains = old.flatMap((backend) => fixture.checkpoint(backend));
      const fired: unknown[] = [];
      for (let subtask = 0; subtask < newParallelism; subtask++) {
        const backend = fixture.restored(chains, keyGroupRange(MAX_PARALLELISM, newParallelism, subtask));
        const sum = valueTable(backend, 'sum');
        backend.timers.fire('event-time', 1000, Number.MAX_SAFE_INTEGER, ({ key, keyGroup, timestampMs }) => {
          fired.push({ subtask, key, timer: timestampMs, sum: sum.get(VOID_NAMESPACE), keyGroup });
        });
      }
      expect(fired).toHaveLength(output.length);
      expect(fired).toEqual(expect.arrayContaining([...output]));
    });
  });

  describe('sizes', () => {
    it('name the largest state first', () => {
      const backend = new Fixture(create).backend();
      const [small, large] = [valueTable(backend, 'small'), valueTable(backend, 'large')];
      for (let key = 0; key < 10; key++) {
        use(backend, key);
        large.put(VOID_NAMESPACE, key);
        if (key < 3) small.put(VOID_NAMESPACE, key);
        if (key < 5) backend.timers.register('event-time', VOID_NAMESPACE, key);
      }
      expect(backend.describeSizes().filter(({ entries }) => entries > 0)).toEqual([
        { state: 'large', entries: 10 },
        { state: 'event-time timers', entries: 5 },
        { state: 'small', entries: 3 },
      ]);
    });
  });
}
