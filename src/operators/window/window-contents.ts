/**
 * What a window keeps between its first record and its firing, under the current key and the window's namespace: the accumulator
 * of a reduce or aggregate, or all elements.
 *
 * Accumulators are never the same object as a record, for the state copies what it is given, so functions may change them in place.
 * `take` ends the state's hold on what it returns: what is emitted needs no copy.
 */
import { MillraceError } from '../../base/errors.ts';
import type { KeyedStateBackend, Namespace, StateTable } from '../../base/keyed-state.ts';
import type { StateDescriptorInfo } from '../../base/operator.ts';
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

class ReducingContents<T> implements WindowContents<T> {
  readonly #reduce: (accumulated: T, value: T) => T;
  readonly #table: StateTable;
  readonly #operatorName: string;

  constructor(fn: ReduceFunction<T>, table: StateTable, operatorName: string) {
    this.#reduce = typeof fn === 'function' ? fn : (accumulated, value) => fn.reduce(accumulated, value);
    this.#table = table;
    this.#operatorName = operatorName;
  }

  add(namespace: Namespace, value: T): boolean {
    // Only this object writes the table, and it writes values of T.
    const accumulated = this.#table.get(namespace) as T | undefined;
    if (accumulated === undefined) {
      this.#table.put(namespace, value);
      return true;
    }
    const result = this.#reduce(accumulated, value);
    checkAccumulator(result, 'reduce', this.#operatorName);
    this.#table.put(namespace, result);
    return false;
  }

  take(namespace: Namespace): readonly unknown[] | undefined {
    const accumulated = this.#table.get(namespace);
    if (accumulated === undefined) return undefined;
    this.#table.remove(namespace);
    return [accumulated];
  }
}

class AggregatingContents<In, Acc> implements WindowContents<In> {
  readonly #function: AggregateFunction<In, Acc, unknown>;
  readonly #table: StateTable;
  readonly #operatorName: string;

  constructor(fn: AggregateFunction<In, Acc, unknown>, table: StateTable, operatorName: string) {
    this.#function = fn;
    this.#table = table;
    this.#operatorName = operatorName;
  }

  add(namespace: Namespace, value: In): boolean {
    const held = this.#accumulator(namespace);
    const accumulator = this.#function.add(value, held === undefined ? this.#function.createAccumulator() : held);
    checkAccumulator(accumulator, 'add', this.#operatorName);
    this.#table.put(namespace, accumulator);
    return held === undefined;
  }

  take(namespace: Namespace): readonly unknown[] | undefined {
    const accumulator = this.#accumulator(namespace);
    if (accumulator === undefined) return undefined;
    this.#table.remove(namespace);
    const result = this.#function.getResult(accumulator);
    if (isPromise(result)) throw promiseNotAllowed(result, 'getResult', this.#operatorName);
    return [result];
  }

  #accumulator(namespace: Namespace): Acc | undefined {
    // Only this object writes the table, and it writes accumulators.
    return this.#table.get(namespace) as Acc | undefined;
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
}

function checkAccumulator(accumulator: unknown, functionName: string, operatorName: string): void {
  if (isPromise(accumulator)) throw promiseNotAllowed(accumulator, functionName, operatorName);
  if (accumulator !== undefined) return;
  throw new MillraceError(
    'STATE_VALUE_INVALID',
    `Calling ${functionName} of operator '${operatorName}' failed: it returned undefined`,
  );
}
