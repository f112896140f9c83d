/**
 * A string that was cut from a page of a channel is, inside the JavaScript engine, a reference to the whole page's text and keeps
 * it in memory. Values that stay (state, timers, keys) get strings of their own.
 */
import { copyWith } from './copy-value.ts';
import { builtInClassOf, prototypeOf } from './value-domain.ts';
import type { BuiltInClass } from './value-domain.ts';

/** V8 copies the characters of a cut that is shorter than this, so it holds on to nothing. */
const SHORTEST_SLICE = 13;

/**
 * The value, with strings that hold on to no page: itself when it has no string that could, else a deep copy. Throws
 * VALUE_NOT_SERIALIZABLE for a value outside the domain, if it comes to a copy.
 */
export function ownStrings<T>(value: T): T {
  return mayHoldPage(value) ? copyWith(value, ownString) : value;
}

export function ownString(text: string): string {
  // The sum is a new string, flattened by the cut, of which the cut refers to this copy instead of the page.
  return text.length < SHORTEST_SLICE ? text : ` ${text}`.slice(1);
}

/** One level deep: a container within a container is taken for one that may, so that a cycle is not followed here. */
function mayHoldPage(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isLongString(value);
  const builtIn = builtInClassOf(prototypeOf(value));
  if (builtIn === 'plain') return hasLongStringOrContainer(value as Readonly<Record<string, unknown>>); // a plain object
  if (builtIn === 'array') return (value as readonly unknown[]).some(isLongStringOrContainer);
  return !isLeaf(builtIn);
}

function hasLongStringOrContainer(fields: Readonly<Record<string, unknown>>): boolean {
  for (const name in fields) if (isLongStringOrContainer(fields[name])) return true;
  return false;
}

function isLongStringOrContainer(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isLongString(value);
  return !isLeaf(builtInClassOf(prototypeOf(value)));
}

function isLongString(value: unknown): boolean {
  return typeof value === 'string' && value.length >= SHORTEST_SLICE;
}

/** Holds no other values. */
function isLeaf(builtIn: BuiltInClass | undefined): boolean {
  return builtIn === 'date' || builtIn === 'array-buffer' || builtIn === 'typed-array';
}
