/**
 * What a value may be made of: the one place that decides it for encoder, check, copy and freeze.
 *
 *   null, undefined (a missing field is another thing), boolean, number (−0, NaN, ±Infinity too), bigint, string (lone surrogates
 *   too), Date (invalid too), Array without holes, plain objects (with Object.prototype or none; a field '__proto__' is a field),
 *   Map, Set, typed arrays, ArrayBuffer, instances of classes named by registerType.
 *
 * Classes are told apart by the exact prototype: an instance of a subclass is something else. Shared references become copies;
 * cycles are errors. Own properties beside the elements of an array, a Map and the like are errors.
 */
import { TYPED_ARRAYS } from './wire-format.ts';

export type BuiltInClass = 'plain' | 'array' | 'date' | 'map' | 'set' | 'array-buffer' | 'typed-array';

const builtInByPrototype = new Map<object, BuiltInClass>([
  [Object.prototype, 'plain'],
  [Array.prototype, 'array'],
  [Date.prototype, 'date'],
  [Map.prototype, 'map'],
  [Set.prototype, 'set'],
  [ArrayBuffer.prototype, 'array-buffer'],
  ...TYPED_ARRAYS.map((type): [object, BuiltInClass] => [type.prototype, 'typed-array']),
]);

export function prototypeOf(value: object): object | null {
  const prototype: unknown = Object.getPrototypeOf(value);
  return typeof prototype === 'object' ? prototype : null;
}

/** undefined for classes that are not built in, registered ones included. */
export function builtInClassOf(prototype: object | null): BuiltInClass | undefined {
  return prototype === null ? 'plain' : builtInByPrototype.get(prototype);
}

/** Makes instances of a stand-in for a built-in class count as that class (see freeze-value.ts). */
export function addStandIn(prototype: object, builtIn: BuiltInClass): void {
  builtInByPrototype.set(prototype, builtIn);
}

/** True for what needs no look inside. */
export function isPrimitive(value: unknown): boolean {
  if (typeof value === 'object') return value === null;
  return typeof value !== 'function' && typeof value !== 'symbol';
}

const reasonByTag: Readonly<Record<string, string>> = {
  '[object Promise]': 'a promise',
  '[object WeakMap]': 'a WeakMap',
  '[object WeakSet]': 'a WeakSet',
  '[object WeakRef]': 'a WeakRef',
  '[object SharedArrayBuffer]': 'shared memory',
};

/** What it is that is outside the domain, as in "it is a function". */
export function describeUnsupported(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  return (
    reasonByTag[Object.prototype.toString.call(value)] ??
    `an instance of '${classNameOf(value)}', which is not registered`
  );
}

function classNameOf(value: object): string {
  const constructor: unknown = 'constructor' in value ? value.constructor : undefined;
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'an unnamed class';
}
