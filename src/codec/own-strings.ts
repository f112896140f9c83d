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

/** A value with more parts than this is taken for one that may: looking must cost less than copying, and a cycle is not followed. */
const PARTS_LOOKED_AT = 32;
const PARTS_COUNTED = 65_536;
/** Deeper nesting is taken for a cycle, which only a copy tells from a value. */
const DEPTH_LOOKED_AT = 64;

function mayHoldPage(value: unknown): boolean {
  return partsLeft(value, PARTS_LOOKED_AT) === 0;
}

/** Of the parts that may still be looked at; 0 as soon as a string is found that may hold on to a page. */
function partsLeft(value: unknown, parts: number, depth: number = DEPTH_LOOKED_AT): number {
  if (typeof value !== 'object' || value === null) return isLongString(value) ? 0 : parts - 1;
  if (depth === 0) return 0;
  const builtIn = builtInClassOf(prototypeOf(value));
  let left = parts - 1;
  if (builtIn === 'array') {
    for (const part of value as readonly unknown[]) if ((left = partsLeft(part, left, depth - 1)) <= 0) return 0;
    return left;
  }
  if (builtIn === 'plain') {
    const fields = value as Readonly<Record<string, unknown>>; // a plain object
    for (const name in fields) if ((left = partsLeft(fields[name], left, depth - 1)) <= 0) return 0;
    return left;
  }
  return isLeaf(builtIn) ? left : 0;
}

/** How many parts the value has; undefined when one is a text that may hold on to a page, or they are too many to look at. */
export function partsWithoutTexts(value: unknown): number | undefined {
  const left = partsLeft(value, PARTS_COUNTED);
  return left === 0 ? undefined : PARTS_COUNTED - left;
}

function isLongString(value: unknown): boolean {
  return typeof value === 'string' && value.length >= SHORTEST_SLICE;
}

/** Holds no other values. */
function isLeaf(builtIn: BuiltInClass | undefined): boolean {
  return builtIn === 'date' || builtIn === 'array-buffer' || builtIn === 'typed-array';
}
