/**
 * Property: whatever is done to keyed state while snapshots run, each snapshot that is written restores, at any parallelism, to
 * exactly the state at its start.
 *
 * A job of one to four subtasks is driven by random steps: entries are put, replaced, changed in place, removed and put again,
 * maps iterated, timers registered, deleted and fired; up to three checkpoints, full and incremental, are in different stages
 * (being written slice by slice, written, completed, aborted) at the same time; and the job is restarted from the last completed
 * one. The model is one plain structure, its snapshots deep copies. Not modelled: time, storage faults, several operators.
 */
import fc from 'fast-check';
import { must } from '../../src/base/assert.ts';
import { checkpointId } from '../../src/base/ids.ts';
import type { CheckpointId } from '../../src/base/ids.ts';
import type { KeyGroupChain, KeyGroupRange, KeyedStateBackend } from '../../src/base/keyed-state.ts';
import { keyGroupRange } from '../../src/state/key-groups.ts';
import {
  DOMAINS,
  DeclaredTables,
  KEYS,
  KeyedStateModel,
  MAP_KEYS,
  MAX_PARALLELISM,
  NAMESPACES,
  differences,
  isNumeric,
  isWithin,
  namespaceAt,
} from './keyed-state-model.ts';
import type { ModelTimer, Place } from './keyed-state-model.ts';
import { MemorySectionStorage, SnapshotWriter } from './keyed-state-storage.ts';

export interface PropertyOptions {
  readonly create: (range: KeyGroupRange, maxParallelism: number) => KeyedStateBackend;
  /** True: an object that was handed out and changed without being put back keeps the change, and snapshots have it. */
  readonly keepsChangesInPlace: boolean;
  /** Which states change. A backend may keep numbers apart: what guards one form of state need not guard the other. Default all. */
  readonly changed?: 'all' | 'numbers' | 'objects';
}

type ValueStep =
  | {
      readonly kind: 'put' | 'replace' | 'change' | 'changeOnly' | 'append';
      readonly place: Place;
      readonly value: number;
    }
  | { readonly kind: 'remove' | 'removeList'; readonly place: Place };

/** States that hold nothing else than numbers until a stray step comes. */
type NumberStep = {
  readonly kind: 'putNumber' | 'addToNumber' | 'putPoint' | 'movePoint' | 'removeNumber' | 'removePoint' | 'stray';
  readonly place: Place;
  readonly value: number;
};

type MapStep =
  | {
      readonly kind: 'putInMap' | 'changeInMap';
      readonly place: Place;
      readonly mapKey: number;
      readonly value: number;
    }
  | { readonly kind: 'removeFromMap'; readonly place: Place; readonly mapKey: number }
  | { readonly kind: 'thinOutMap' | 'clearMap'; readonly place: Place };

type CheckpointStep = {
  readonly kind: 'advance' | 'write' | 'complete' | 'abort';
  readonly pick: number;
  readonly entryLimit: number;
};

type FireStep = { readonly kind: 'fire'; readonly untilMs: number; readonly limit: number; readonly domain: number };

type Step =
  | ValueStep
  | NumberStep
  | MapStep
  | FireStep
  | CheckpointStep
  | { readonly kind: 'register' | 'delete'; readonly timer: ModelTimer }
  | { readonly kind: 'start'; readonly isFull: boolean }
  | { readonly kind: 'restart'; readonly parallelism: number };

const CHECKPOINTS_AT_ONCE = 3;

const place: fc.Arbitrary<Place> = fc.record({
  key: fc.nat(KEYS.length - 1),
  // Mostly without namespace, so that entries meet.
  namespace: fc.oneof(fc.constant(0), fc.nat(NAMESPACES.length - 1)),
});
const numericPlace: fc.Arbitrary<Place> = place.filter(isNumeric);
const value = fc.nat(99);
const number = fc.oneof(value, fc.constantFrom(-0, 0.5, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 40, -(2 ** 31)));
const mapKey = fc.nat(MAP_KEYS.length - 1);
const timer: fc.Arbitrary<ModelTimer> = fc.record({
  key: fc.nat(KEYS.length - 1),
  namespace: fc.nat(NAMESPACES.length - 1),
  domain: fc.constantFrom(...DOMAINS),
  timestampMs: fc.oneof(fc.integer({ min: -3, max: 12 }), fc.constant(Number.POSITIVE_INFINITY)),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom('put', 'replace', 'change', 'changeOnly', 'append'), place, value }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('remove', 'removeList'), place }) },
  {
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constantFrom('putNumber', 'addToNumber', 'putPoint', 'movePoint', 'removeNumber', 'removePoint'),
      place: numericPlace,
      value: number,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stray'), place, value }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('putInMap', 'changeInMap'), place, mapKey, value }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('removeFromMap'), place, mapKey }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('thinOutMap', 'clearMap'), place }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('register', 'delete'), timer }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fire'),
      untilMs: fc.integer({ min: -3, max: 12 }),
      limit: fc.integer({ min: 1, max: 30 }),
      domain: fc.nat(DOMAINS.length - 1),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('start'), isFull: fc.boolean() }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('advance', 'advance', 'advance', 'write', 'complete', 'abort'),
      pick: fc.nat(CHECKPOINTS_AT_ONCE - 1),
      entryLimit: fc.integer({ min: 1, max: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart'), parallelism: fc.integer({ min: 1, max: 4 }) }) },
);

interface Checkpoint {
  readonly id: CheckpointId;
  readonly expected: KeyedStateModel;
  readonly writers: readonly SnapshotWriter[];
  /** Set once written. */
  chains: readonly KeyGroupChain[] | undefined;
}

class StatefulJob {
  readonly #options: PropertyOptions;
  readonly #storage = new MemorySectionStorage();
  #model = new KeyedStateModel();
  #subtasks: DeclaredTables[];
  #checkpoints: Checkpoint[] = [];
  #completed: Checkpoint | undefined;
  #lastId = 0;

  constructor(options: PropertyOptions) {
    this.#options = options;
    this.#subtasks = this.#start(2, []);
    // Enough entries that a delta is worth its while.
    KEYS.forEach((_, key) => {
      this.run({ kind: 'put', place: { key, namespace: 0 }, value: key });
      this.run({ kind: 'append', place: { key, namespace: 0 }, value: key });
      if (isNumeric({ key, namespace: 0 })) this.run({ kind: 'putNumber', place: { key, namespace: 0 }, value: key });
      this.run({ kind: 'putInMap', place: { key, namespace: 0 }, mapKey: key % MAP_KEYS.length, value: key });
      const timestampMs = key % 5;
      this.run({ kind: 'register', timer: { key, namespace: 0, domain: 'event-time', timestampMs } });
    });
  }

  run(step: Step): void {
    switch (step.kind) {
      case 'put':
      case 'replace':
      case 'change':
      case 'changeOnly':
      case 'append':
      case 'remove':
      case 'removeList':
        return this.#changeValue(step);
      case 'putNumber':
      case 'addToNumber':
      case 'putPoint':
      case 'movePoint':
      case 'removeNumber':
      case 'removePoint':
      case 'stray':
        return this.#changeNumbers(step);
      case 'putInMap':
      case 'changeInMap':
      case 'removeFromMap':
      case 'thinOutMap':
      case 'clearMap':
        return this.#changeMap(step);
      case 'register':
      case 'delete':
        return this.#changeTimer(step.kind, step.timer);
      case 'fire':
        return this.#fire(step);
      case 'start':
        return this.#startCheckpoint(step.isFull);
      case 'advance':
      case 'write':
      case 'complete':
      case 'abort':
        return this.#moveCheckpoint(step);
      case 'restart':
        return this.#restart(step.parallelism);
    }
  }

  /** Also whatever is still being written must come out right. */
  end(): void {
    for (const checkpoint of this.#checkpoints) this.#write(checkpoint);
    for (const subtask of this.#subtasks) expectSame(subtask, this.#model, 'the running job');
  }

  #changeValue(step: ValueStep): void {
    const { kind } = step;
    const tables = this.#subtaskOf(step.place);
    const namespace = tables.use(step.place);
    const { values, lists } = this.#model.state;
    const address = this.#model.addressOf(step.place);
    switch (kind) {
      case 'put':
      case 'replace': {
        const put = kind === 'put' ? step.value : { count: step.value, seen: [step.value] };
        values.set(address, structuredClone(put));
        return tables.value.put(namespace, put);
      }
      case 'change':
      case 'changeOnly': {
        const held = tables.value.get(namespace);
        if (!isCounter(held)) return undefined;
        if (kind === 'changeOnly' && !this.#options.keepsChangesInPlace) return undefined;
        held.count += step.value;
        held.seen.push(step.value);
        values.set(address, structuredClone(held));
        return kind === 'change' ? tables.value.put(namespace, held) : undefined;
      }
      case 'append':
        lists.set(address, [...(lists.get(address) ?? []), { n: step.value }]);
        return tables.list.append(namespace, { n: step.value });
      case 'remove':
        values.delete(address);
        return tables.value.remove(namespace);
      case 'removeList':
        lists.delete(address);
        return tables.list.remove(namespace);
    }
  }

  #changeNumbers(step: NumberStep): void {
    const tables = this.#subtaskOf(step.place);
    const namespace = tables.use(step.place);
    const { numbers, points } = this.#model.state;
    const address = this.#model.addressOf(step.place);
    const put = (which: 'numbers' | 'points', to: unknown): void => {
      this.#model.state[which].set(address, structuredClone(to));
      tables[which].put(namespace, to);
    };
    switch (step.kind) {
      case 'putNumber':
        return put('numbers', step.value);
      case 'addToNumber': {
        const held = tables.numbers.get(namespace);
        return typeof held === 'number' ? put('numbers', held + step.value) : undefined;
      }
      case 'putPoint':
        return put('points', { x: step.value, name: `point ${step.value}`, y: -step.value });
      case 'movePoint': {
        const held = tables.points.get(namespace);
        return isPoint(held)
          ? put('points', Object.assign(held, { x: held.y + step.value, name: 'moved a little' }))
          : undefined;
      }
      case 'removeNumber':
        numbers.delete(address);
        return tables.numbers.remove(namespace);
      case 'removePoint':
        points.delete(address);
        return tables.points.remove(namespace);
      case 'stray':
        put('numbers', step.value % 2 === 0 ? step.value : null);
        return put('points', { x: 1, y: step.value % 3 === 0 ? 'text' : 2, z: 3 });
    }
  }

  #changeMap(step: MapStep): void {
    const tables = this.#subtaskOf(step.place);
    const namespace = tables.use(step.place);
    const model = this.#model.mapAt(step.place);
    switch (step.kind) {
      case 'putInMap':
        model.set(step.mapKey, { n: step.value });
        return tables.map.put(namespace, MAP_KEYS[step.mapKey], { n: step.value });
      case 'changeInMap': {
        const held = tables.map.get(namespace, MAP_KEYS[step.mapKey]);
        if (!isNumbered(held)) return undefined;
        held.n += step.value;
        model.set(step.mapKey, { n: held.n });
        return tables.map.put(namespace, MAP_KEYS[step.mapKey], held);
      }
      case 'removeFromMap':
        model.delete(step.mapKey);
        return tables.map.remove(namespace, MAP_KEYS[step.mapKey]);
      case 'thinOutMap': {
        // Removes every other entry while iterating.
        [...model.keys()].forEach((key, index) => index % 2 === 0 && model.delete(key));
        let index = 0;
        for (const [key] of tables.map.entries(namespace)) if (index++ % 2 === 0) tables.map.remove(namespace, key);
        return undefined;
      }
      case 'clearMap':
        model.clear();
        return tables.map.clear(namespace);
    }
  }

  #changeTimer(kind: 'register' | 'delete', timer: ModelTimer): void {
    const tables = this.#subtaskOf(timer);
    const namespace = tables.use(timer);
    this.#model[kind](timer);
    tables.backend.timers[kind](timer.domain, namespace, timer.timestampMs);
  }

  /** Each timer changes the state of its key, and every other one registers a new one, which may be due. */
  #fire({ untilMs, limit, domain: index }: FireStep): void {
    const domain = must(DOMAINS[index], 'domain');
    for (const tables of this.#subtasks) {
      const range = tables.backend.keyGroups;
      let fired = 0;
      const isDone = tables.backend.timers.fire(domain, untilMs, limit, (entry) => {
        const expected = must(this.#model.poll(domain, untilMs, range), 'due timer in the model');
        const { timestampMs } = expected;
        check(
          entry.timestampMs === timestampMs && entry.namespace === namespaceAt(expected),
          'Timers fire in another order',
        );
        check(tables.backend.currentKeyGroup === entry.keyGroup, 'A timer fires without its key');
        tables.value.put(entry.namespace, fired);
        this.#model.state.values.set(this.#model.addressOf(expected), fired);
        if (fired++ % 2 === 1) return;
        const next = { ...expected, timestampMs: timestampMs + 1 };
        tables.backend.timers.register(domain, entry.namespace, next.timestampMs);
        this.#model.register(next);
      });
      check(fired <= limit, 'More timers fire than asked for');
      check(isDone === !(this.#model.next(domain, range) <= untilMs), 'Due timers are left, or are not');
      check(tables.backend.timers.next(domain) === this.#model.next(domain, range), 'The next timer is another one');
    }
  }

  #startCheckpoint(isFull: boolean): void {
    if (this.#checkpoints.length === CHECKPOINTS_AT_ONCE) return;
    const id = checkpointId(++this.#lastId);
    const mode = isFull ? 'full' : 'incremental';
    const writers = this.#subtasks.map(({ backend }) => new SnapshotWriter(backend, this.#storage, { id, mode }));
    this.#checkpoints.push({ id, expected: this.#model.snapshot(), writers, chains: undefined });
  }

  #moveCheckpoint({ kind, pick, entryLimit }: CheckpointStep): void {
    const checkpoint = this.#checkpoints[pick % Math.max(1, this.#checkpoints.length)];
    if (checkpoint === undefined) return;
    if (kind === 'advance') {
      for (const writer of checkpoint.writers) writer.advance(entryLimit);
    } else if (kind === 'write') {
      this.#write(checkpoint);
    } else if (kind === 'complete') {
      this.#write(checkpoint);
      for (const { backend } of this.#subtasks) backend.checkpointCompleted(checkpoint.id);
      this.#completed = checkpoint;
      // Completion subsumes whatever is older.
      for (const other of this.#checkpoints) if (other.id < checkpoint.id) this.#abort(other);
      this.#checkpoints = this.#checkpoints.filter((other) => other.id > checkpoint.id);
    } else {
      this.#abort(checkpoint);
      this.#checkpoints = this.#checkpoints.filter((other) => other !== checkpoint);
    }
  }

  #abort(checkpoint: Checkpoint): void {
    for (const { backend } of this.#subtasks) backend.checkpointAborted(checkpoint.id);
  }

  /** Writes the rest and restores it, apart from the job, at each parallelism. */
  #write(checkpoint: Checkpoint): void {
    if (checkpoint.chains !== undefined) return;
    checkpoint.chains = checkpoint.writers.flatMap((writer) => writer.finish());
    for (const parallelism of [1, 3]) {
      for (const restored of this.#start(parallelism, checkpoint.chains)) {
        expectSame(restored, checkpoint.expected, `checkpoint ${checkpoint.id}`);
      }
    }
  }

  #restart(parallelism: number): void {
    const from = this.#completed;
    this.#checkpoints = [];
    this.#model = from?.expected.snapshot() ?? new KeyedStateModel();
    this.#subtasks = this.#start(parallelism, from?.chains ?? []);
  }

  #start(parallelism: number, chains: readonly KeyGroupChain[]): DeclaredTables[] {
    return Array.from({ length: parallelism }, (_, index) => {
      const backend = this.#options.create(keyGroupRange(MAX_PARALLELISM, parallelism, index), MAX_PARALLELISM);
      this.#storage.restore(backend, chains);
      return new DeclaredTables(backend);
    });
  }

  #subtaskOf(at: Place): DeclaredTables {
    return must(
      this.#subtasks.find(({ backend }) => isWithin(at, backend.keyGroups)),
      'subtask',
    );
  }
}

function isCounter(held: unknown): held is { count: number; seen: number[] } {
  return typeof held === 'object' && held !== null && 'count' in held;
}

function isPoint(held: unknown): held is { x: number; y: number } {
  return typeof held === 'object' && held !== null && 'y' in held && typeof held.y === 'number';
}

function isNumbered(held: unknown): held is { n: number } {
  return typeof held === 'object' && held !== null && 'n' in held;
}

function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

function expectSame(tables: DeclaredTables, model: KeyedStateModel, what: string): void {
  const found = differences(tables, model);
  if (found.length > 0) throw new Error(`State of ${what} differs: ${found.slice(0, 3).join('; ')}`);
}

const NUMBER_STEPS = new Set<Step['kind']>([
  'putNumber',
  'addToNumber',
  'putPoint',
  'movePoint',
  'removeNumber',
  'removePoint',
]);
const OBJECT_STEPS = new Set<Step['kind']>([
  ...(['put', 'replace', 'change', 'changeOnly', 'append', 'remove', 'removeList', 'stray'] as const),
  ...(['putInMap', 'changeInMap', 'removeFromMap', 'thinOutMap', 'clearMap', 'register', 'delete', 'fire'] as const),
]);

function stepsOf(changed: NonNullable<PropertyOptions['changed']>): fc.Arbitrary<Step> {
  if (changed === 'all') return step;
  const others = changed === 'numbers' ? OBJECT_STEPS : NUMBER_STEPS;
  return step.filter(({ kind }) => !others.has(kind));
}

export function keyedStateProperty(options: PropertyOptions): fc.IProperty<[Step[]]> {
  const steps = fc.array(stepsOf(options.changed ?? 'all'), { minLength: 20, maxLength: 150, size: 'max' });
  return fc.property(steps, (steps) => {
    const job = new StatefulJob(options);
    for (const next of steps) job.run(next);
    job.end();
  });
}
