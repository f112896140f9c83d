/**
 * Deep freezing, for hosts that look for values changed after they were emitted. Plain objects and arrays are frozen as the
 * language does it, so a change throws in strict code. Maps, Sets and Dates hold their content where freezing does not reach: they
 * get a prototype whose mutators throw VALUE_MUTATED, and stay Maps, Sets and Dates for everybody else. Typed arrays, ArrayBuffers
 * and instances of registered classes cannot be protected and are left as they are.
 */
import { MillraceError } from '../base/errors.ts';
import { addStandIn, builtInClassOf, isPrimitive, prototypeOf } from './value-domain.ts';
import type { BuiltInClass } from './value-domain.ts';
import { VALUE_DEPTH_MAX } from './wire-format.ts';

const frozen = new WeakSet<object>();

/** Freezes the value in place and returns it. The value has passed checkValue, or gets no further than VALUE_DEPTH_MAX. */
export function freezeValue<T>(value: T): T {
  freeze(value, 0);
  return value;
}

function freeze(value: unknown, depth: number): void {
  if (isPrimitive(value) || typeof value !== 'object' || value === null) return;
  if (depth >= VALUE_DEPTH_MAX || frozen.has(value)) return;
  frozen.add(value);
  freezeInside(value, depth + 1);
}

function freezeInside(value: object, depth: number): void {
  switch (builtInClassOf(prototypeOf(value))) {
    case 'plain':
    case 'array':
      for (const field of Object.values(value)) freeze(field, depth);
      Object.freeze(value);
      return;
    case 'map':
      for (const [key, item] of value as Map<unknown, unknown>) {
        freeze(key, depth);
        freeze(item, depth);
      }
      Object.setPrototypeOf(value, frozenMap);
      return;
    case 'set':
      for (const item of value as Set<unknown>) freeze(item, depth);
      Object.setPrototypeOf(value, frozenSet);
      return;
    case 'date':
      Object.setPrototypeOf(value, frozenDate);
      return;
    default:
  }
}

const frozenMap = standIn(Map.prototype, 'map', ['set', 'delete', 'clear']);
const frozenSet = standIn(Set.prototype, 'set', ['add', 'delete', 'clear']);
const frozenDate = standIn(
  Date.prototype,
  'date',
  Object.getOwnPropertyNames(Date.prototype).filter((name) => name.startsWith('set')),
);

function standIn(prototype: object, builtIn: BuiltInClass, mutators: readonly string[]): object {
  const refusing = mutators.map((name): [string, PropertyDescriptor] => [name, { value: () => refuse(builtIn, name) }]);
  const frozenPrototype: object = Object.create(prototype, Object.fromEntries(refusing)) as object;
  addStandIn(frozenPrototype, builtIn);
  return frozenPrototype;
}

function refuse(builtIn: BuiltInClass, mutator: string): never {
  throw new MillraceError(
    'VALUE_MUTATED',
    `Calling ${mutator} of a ${builtIn} failed: the value was emitted or read from state`,
  );
}
