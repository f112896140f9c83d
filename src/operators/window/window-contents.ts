/**
 * What a window keeps between its first record and its firing, under the current key and the window's namespace: the accumulator
 * of a reduce or aggregate, or all elements.
 *
 * Accumulators are never the same object as a record, for the state copies what it is given, so functions may change them in place.
 * `take` ends the state's hold on what it returns: what is emitted needs no copy.
 */
import { assert } from '../../base/assert.ts';
import { MillraceError } from '../../base/errors.ts';
import type { KeyedStateBackend, Namespace, StateTable } from '../../base/keyed-state.ts';
import type { StateDescriptorInfo } from '../../base/operator.ts';
import { copyValue } from '../../codec/copy-value.ts';
import type { AggregateFunction } from '../functions/aggregate-function.ts';
import type { ReduceFunction } from '../functions/reduce-function.ts';
import { isPromise, promiseNotAllowed } from '../promise-check.ts';
import type { Window } from './window-assigner.ts';
import type { WindowFunction } from './window-function.ts';

export interface WindowContents<In> {
  /** True when the window had no contents before. `inputIndex`: where the value came from, 0 or 1. */
  add(namespace: Namespace, value: In, inputIndex: number): boolean;
  /** Removes the contents and gives what the window function sees: the one result, each element, or both sides. Undefined for none. */
  take(namespace: Namespace): readonly unknown[] | undefined;
  /** The contents of `from`, if there are any, join those of `into`, which come first and may be none. Needs `merge` of an aggregate. */
  move(from: Namespace, into: Namespace): void;
  /** Makes the key of each contents the current one. */
  forEachEntry(visit: (namespace: Namespace) => void): void;
}

/** Contents that several windows share. What is handed out here belongs to the caller. */
export interface MergeableContents<In> extends WindowContents<In> {
  /** They leave the state. There must be some. */
  takeContents(namespace: Namespace): unknown;
  /** They stay. There must be some. */
  copyContents(namespace: Namespace): unknown;
  /** Of both, which nobody may use afterwards. */
  merge(first: unknown, second: unknown): unknown;
  /** What the window function sees of them. */
  results(contents: unknown): readonly unknown[];
}

const STATE_NAME = 'window-contents';
const REDUCING: StateDescriptorInfo = { name: STATE_NAME, kind: 'reducing' };
const AGGREGATING: StateDescriptorInfo = { name: STATE_NAME, kind: 'aggregating' };
const ELEMENTS: StateDescriptorInfo = { name: STATE_NAME, kind: 'list' };
const ELEMENTS_1: StateDescriptorInfo = { name: `${STATE_NAME}-1`, kind: 'list' };
const ELEMENTS_2: StateDescriptorInfo = { name: `${STATE_NAME}-2`, kind: 'list' };

export function contentsInfos<In, Out, K, W extends Window>(
  fn: WindowFunction<In, Out, K, W>,
): readonly StateDescriptorInfo[] {
  switch (fn.kind) {
    case 'reduce':
      return [REDUCING];
    case 'aggregate':
      return [AGGREGATING];
    case 'process':
      return [ELEMENTS];
    case 'co-group':
      return [ELEMENTS_1, ELEMENTS_2];
  }
}

export function bindContents<In, Out, K, W extends Window>(
  fn: WindowFunction<In, Out, K, W>,
  backend: KeyedStateBackend,
  operatorName: string,
): WindowContents<In> {
  switch (fn.kind) {
    case 'reduce':
      return new ReducingContents(fn.reduce, backend.table(REDUCING), operatorName);
    case 'aggregate':
      return new AggregatingContents(fn.aggregate, backend.table(AGGREGATING), operatorName);
    case 'process':
      return new ElementContents(backend.table(ELEMENTS));
    case 'co-group':
      return new TwoSidedContents(backend.table(ELEMENTS_1), backend.table(ELEMENTS_2));
  }
}

/** One value for each window. */
abstract class MergedContents<In> implements MergeableContents<In> {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  add(namespace: Namespace, value: In): boolean {
    const held = this.#table.get(namespace);
    this.#table.put(namespace, this.added(held, value));
    return held === undefined;
  }

  take(namespace: Namespace): readonly unknown[] | undefined {
    const contents = this.#table.get(namespace);
    if (contents === undefined) return undefined;
    this.#table.remove(namespace);
    return this.results(contents);
  }

  move(from: Namespace, into: Namespace): void {
    const moved = this.#table.get(from);
    if (moved === undefined) return;
    this.#table.remove(from);
    const held = this.#table.get(into);
    this.#table.put(into, held === undefined ? moved : this.merge(held, moved));
  }

  forEachEntry(visit: (namespace: Namespace) => void): void {
    this.#table.forEachEntry(visit);
  }

  takeContents(namespace: Namespace): unknown {
    const contents = this.#table.get(namespace);
    assert(contents !== undefined, 'A pane has no contents');
    this.#table.remove(namespace);
    return contents;
  }

  copyContents(namespace: Namespace): unknown {
    const contents = this.#table.peek(namespace);
    assert(contents !== undefined, 'A pane has no contents');
    return typeof contents === 'object' ? copyValue(contents) : contents;
  }

  abstract merge(first: unknown, second: unknown): unknown;
  abstract results(contents: unknown): readonly unknown[];
  /** `held` is undefined for the first value. */
  protected abstract added(held: unknown, value: In): unknown;
}

export function isMergeable<In>(contents: WindowContents<In>): contents is MergeableContents<In> {
  return contents instanceof MergedContents;
}

class ReducingContents<T> extends MergedContents<T> {
  readonly #reduce: (accumulated: T, value: T) => T;
  readonly #operatorName: string;

  constructor(fn: ReduceFunction<T>, table: StateTable, operatorName: string) {
    super(table);
    this.#reduce = typeof fn === 'function' ? fn : (accumulated, value) => fn.reduce(accumulated, value);
    this.#operatorName = operatorName;
  }

  override merge(first: unknown, second: unknown): unknown {
    // Only this object writes the table, and it writes values of T.
    const result = this.#reduce(first as T, second as T);
    checkAccumulator(result, 'reduce', this.#operatorName);
    return result;
  }

  override results(contents: unknown): readonly unknown[] {
    return [contents];
  }

  protected override added(held: unknown, value: T): unknown {
    return held === undefined ? value : this.merge(held, value);
  }
}

class AggregatingContents<In, Acc> extends MergedContents<In> {
  readonly #function: AggregateFunction<In, Acc, unknown>;
  readonly #operatorName: string;

  constructor(fn: AggregateFunction<In, Acc, unknown>, table: StateTable, operatorName: string) {
    super(table);
    this.#function = fn;
    this.#operatorName = operatorName;
  }

  override merge(first: unknown, second: unknown): unknown {
    assert(this.#function.merge !== undefined, 'Windows are merged without a merge of their aggregate');
    // Only this object writes the table, and it writes accumulators.
    const accumulator = this.#function.merge(first as Acc, second as Acc);
    checkAccumulator(accumulator, 'merge', this.#operatorName);
    return accumulator;
  }

  override results(contents: unknown): readonly unknown[] {
    const result = this.#function.getResult(contents as Acc); // as in merge
    if (isPromise(result)) throw promiseNotAllowed(result, 'getResult', this.#operatorName);
    return [result];
  }

  protected override added(held: unknown, value: In): unknown {
    const before = held === undefined ? this.#function.createAccumulator() : (held as Acc); // as in merge
    const accumulator = this.#function.add(value, before);
    checkAccumulator(accumulator, 'add', this.#operatorName);
    return accumulator;
  }
}

/** A list state: elements are records, which nobody changes. */
class ElementContents<In> implements WindowContents<In> {
  readonly #table: StateTable;

  constructor(table: StateTable) {
    this.#table = table;
  }

  add(namespace: Namespace, value: In): boolean {
    const isNew = !this.#table.has(namespace);
    this.#table.append(namespace, value);
    return isNew;
  }

  take(namespace: Namespace): readonly unknown[] | undefined {
    // Lists are kept as arrays.
    const elements = this.#table.get(namespace) as readonly unknown[] | undefined;
    if (elements !== undefined) this.#table.remove(namespace);
    return elements;
  }

  move(from: Namespace, into: Namespace): void {
    moveElements(this.#table, from, into);
  }

  forEachEntry(visit: (namespace: Namespace) => void): void {
    this.#table.forEachEntry(visit);
  }
}

/** A list state for each input, so that nothing is wrapped to remember where it came from. */
class TwoSidedContents<In> implements WindowContents<In> {
  readonly #first: StateTable;
  readonly #second: StateTable;

  constructor(first: StateTable, second: StateTable) {
    this.#first = first;
    this.#second = second;
  }

  add(namespace: Namespace, value: In, inputIndex: number): boolean {
    const own = inputIndex === 0 ? this.#first : this.#second;
    const other = inputIndex === 0 ? this.#second : this.#first;
    const isNew = !own.has(namespace) && !other.has(namespace);
    own.append(namespace, value);
    return isNew;
  }

  take(namespace: Namespace): readonly unknown[] | undefined {
    const first = this.#first.get(namespace);
    const second = this.#second.get(namespace);
    if (first !== undefined) this.#first.remove(namespace);
    if (second !== undefined) this.#second.remove(namespace);
    return first === undefined && second === undefined ? undefined : [first ?? [], second ?? []];
  }

  move(from: Namespace, into: Namespace): void {
    moveElements(this.#first, from, into);
    moveElements(this.#second, from, into);
  }

  forEachEntry(visit: (namespace: Namespace) => void): void {
    this.#first.forEachEntry(visit);
    this.#second.forEachEntry((namespace) => {
      // Looked at already.
      if (!this.#first.has(namespace)) visit(namespace);
    });
  }
}

function moveElements(table: StateTable, from: Namespace, into: Namespace): void {
  const moved = table.get(from) as readonly unknown[] | undefined; // a list
  if (moved === undefined) return;
  table.remove(from);
  for (const element of moved) table.append(into, element);
}

function checkAccumulator(accumulator: unknown, functionName: string, operatorName: string): void {
  if (isPromise(accumulator)) throw promiseNotAllowed(accumulator, functionName, operatorName);
  if (accumulator !== undefined) return;
  throw new MillraceError(
    'STATE_VALUE_INVALID',
    `Calling ${functionName} of operator '${operatorName}' failed: it returned undefined`,
  );
}
