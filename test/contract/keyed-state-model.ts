/**
 * Keyed state written the obvious way: everything in one place, a snapshot is a deep copy. What a backend does is compared with
 * it. Keys and namespaces come from small fixed sets, so that whatever a backend holds can be read out and compared.
 */
import { isDeepStrictEqual } from 'node:util';
import { must } from '../../src/base/assert.ts';
import { VOID_NAMESPACE } from '../../src/base/keyed-state.ts';
import type { KeyGroupRange, KeyedStateBackend, Namespace, TimeDomain } from '../../src/base/keyed-state.ts';
import { keyGroupOf } from '../../src/state/key-groups.ts';

export const MAX_PARALLELISM = 4;

const textKeys = Array.from({ length: 30 }, (_, index) => `key-${index}`);
const numberKeys = Array.from({ length: 20 }, (_, index) => index * 7);
const oddKeys = ['7', 7n, true, '\u0000', [7, 'a'], { a: 1, b: ['x'] }, new Date(7), 2.5, ''];

export const KEYS: readonly unknown[] = [...textKeys, ...numberKeys, ...oddKeys];
export const NAMESPACES: readonly Namespace[] = [VOID_NAMESPACE, 1000, 'window'];
export const MAP_KEYS: readonly unknown[] = ['a', 'b', 1, 1n, [1, 'a'], 'a text that is long enough to be a slice'];
export const DOMAINS: readonly TimeDomain[] = ['event-time', 'processing-time'];

/** An address in the fixed sets. */
export interface Place {
  readonly key: number;
  readonly namespace: number;
}

export interface ModelTimer extends Place {
  readonly domain: TimeDomain;
  readonly timestampMs: number;
}

interface ModelState {
  /** By place. */
  readonly values: Map<string, unknown>;
  /** By place, of states that hold numbers and objects of numbers: backends may keep such values in forms of their own. */
  readonly numbers: Map<string, unknown>;
  readonly points: Map<string, unknown>;
  readonly lists: Map<string, unknown[]>;
  /** By place, then by index of the map key, in order of insertion. */
  readonly maps: Map<string, Map<number, unknown>>;
  /** In order of registration. */
  readonly timers: ModelTimer[];
}

function emptyState(): ModelState {
  const maps = new Map<string, Map<number, unknown>>();
  return { values: new Map(), numbers: new Map(), points: new Map(), lists: new Map(), maps, timers: [] };
}

/** Has the place a key and a namespace that are numbers, or no namespace? */
export function isNumeric(place: Place): boolean {
  return typeof keyAt(place) === 'number' && namespaceAt(place) !== 'window';
}

export function keyAt(place: Place): unknown {
  return KEYS[place.key];
}

export function namespaceAt(place: Place): Namespace {
  return must(NAMESPACES[place.namespace], 'namespace');
}

export function groupOf(place: Place): number {
  return keyGroupOf(keyAt(place), MAX_PARALLELISM);
}

export function isWithin(place: Place, range: KeyGroupRange): boolean {
  const group = groupOf(place);
  return group >= range.start && group <= range.end;
}

export class KeyedStateModel {
  readonly state: ModelState;

  constructor(state: ModelState = emptyState()) {
    this.state = state;
  }

  snapshot(): KeyedStateModel {
    return new KeyedStateModel(structuredClone(this.state));
  }

  addressOf(place: Place): string {
    return `${place.key}/${place.namespace}`;
  }

  mapAt(place: Place): Map<number, unknown> {
    const address = this.addressOf(place);
    const map = this.state.maps.get(address) ?? new Map<number, unknown>();
    this.state.maps.set(address, map);
    return map;
  }

  register(timer: ModelTimer): void {
    if (this.#timerIndex(timer) < 0) this.state.timers.push(timer);
  }

  delete(timer: ModelTimer): void {
    const index = this.#timerIndex(timer);
    if (index >= 0) this.state.timers.splice(index, 1);
  }

  /** Takes out the timer that fires next among those of the range. */
  poll(domain: TimeDomain, untilMs: number, range: KeyGroupRange): ModelTimer | undefined {
    let first: ModelTimer | undefined;
    for (const timer of this.state.timers) {
      if (timer.domain !== domain || timer.timestampMs > untilMs || !isWithin(timer, range)) continue;
      if (first === undefined || firesBefore(timer, first)) first = timer;
    }
    if (first !== undefined) this.delete(first);
    return first;
  }

  next(domain: TimeDomain, range: KeyGroupRange): number {
    const times = this.state.timers.filter((timer) => timer.domain === domain && isWithin(timer, range));
    return Math.min(...times.map((timer) => timer.timestampMs));
  }

  entryCount(range: KeyGroupRange): number {
    const { values, numbers, points, lists } = this.state;
    const places = [values, numbers, points, lists].flatMap((state) => [...state.keys()]).map(parseAddress);
    const mapPlaces = [...this.state.maps].flatMap(([address, map]) => [...map].map(() => parseAddress(address)));
    return [...places, ...mapPlaces, ...this.state.timers].filter((place) => isWithin(place, range)).length;
  }

  #timerIndex(timer: ModelTimer): number {
    return this.state.timers.findIndex(
      (other) =>
        other.key === timer.key &&
        other.namespace === timer.namespace &&
        other.domain === timer.domain &&
        other.timestampMs === timer.timestampMs,
    );
  }
}

function firesBefore(a: ModelTimer, b: ModelTimer): boolean {
  if (a.timestampMs !== b.timestampMs) return a.timestampMs < b.timestampMs;
  // In the list they are in order of registration already.
  return groupOf(a) < groupOf(b);
}

function parseAddress(address: string): Place {
  const [key = 0, namespace = 0] = address.split('/').map(Number);
  return { key, namespace };
}

/** The states that the property test uses, declared on a backend. */
export class DeclaredTables {
  readonly backend: KeyedStateBackend;
  readonly value: ReturnType<KeyedStateBackend['table']>;
  readonly numbers: ReturnType<KeyedStateBackend['table']>;
  readonly points: ReturnType<KeyedStateBackend['table']>;
  readonly list: ReturnType<KeyedStateBackend['table']>;
  readonly map: ReturnType<KeyedStateBackend['mapTable']>;

  constructor(backend: KeyedStateBackend) {
    this.backend = backend;
    this.value = backend.table({ name: 'value', kind: 'value' });
    this.numbers = backend.table({ name: 'numbers', kind: 'reducing' });
    this.points = backend.table({ name: 'points', kind: 'value' });
    this.list = backend.table({ name: 'list', kind: 'list' });
    this.map = backend.mapTable({ name: 'map', kind: 'map' });
  }

  use(place: Place): Namespace {
    this.backend.setCurrentKey(keyAt(place), groupOf(place));
    return namespaceAt(place);
  }
}

/** Differences between a backend and the model, in words; none when they agree. Fires all timers of the backend. */
export function differences(tables: DeclaredTables, model: KeyedStateModel): string[] {
  const { backend } = tables;
  const range = backend.keyGroups;
  const found: string[] = [];
  const compare = (what: string, actual: unknown, expected: unknown): void => {
    if (!isDeepStrictEqual(actual, expected)) found.push(`${what}: ${show(actual)} instead of ${show(expected)}`);
  };
  compare('entry count', backend.entryCount, model.entryCount(range));
  KEYS.forEach((_, key) => {
    NAMESPACES.forEach((__, index) => {
      const place = { key, namespace: index };
      if (!isWithin(place, range)) return;
      const address = model.addressOf(place);
      const namespace = tables.use(place);
      compare(`value ${address}`, tables.value.get(namespace), model.state.values.get(address));
      compare(`number ${address}`, tables.numbers.get(namespace), model.state.numbers.get(address));
      compare(`has point ${address}`, tables.points.has(namespace), model.state.points.has(address));
      compare(`point ${address}`, tables.points.get(namespace), model.state.points.get(address));
      compare(`list ${address}`, tables.list.get(namespace), model.state.lists.get(address));
      const map = [...(model.state.maps.get(address) ?? [])].map(([mapKey, value]) => [MAP_KEYS[mapKey], value]);
      compare(`map ${address}`, [...tables.map.entries(namespace)], map);
    });
  });
  for (const domain of DOMAINS)
    compare(`${domain} timers`, firedBy(backend, domain), firingOrder(model, domain, range));
  return found;
}

function firedBy(backend: KeyedStateBackend, domain: TimeDomain): unknown[] {
  const fired: unknown[] = [];
  backend.timers.fire(domain, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER, (timer) => fired.push({ ...timer }));
  return fired;
}

function firingOrder(model: KeyedStateModel, domain: TimeDomain, range: KeyGroupRange): unknown[] {
  const copy = model.snapshot();
  const order: unknown[] = [];
  for (;;) {
    const timer = copy.poll(domain, Number.POSITIVE_INFINITY, range);
    if (timer === undefined) return order;
    const { timestampMs } = timer;
    order.push({ key: keyAt(timer), keyGroup: groupOf(timer), namespace: namespaceAt(timer), timestampMs });
  }
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)) ?? 'undefined';
}
