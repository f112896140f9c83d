/**
 * The strict check of the value domain, with the path to what is wrong. Done for every value by hosts that pass objects on as they
 * are, and by encoders for the first values and samples of the rest; encoders come here as well to explain a value they refused.
 */
import { MillraceError } from '../base/errors.ts';
import { registeredTypeOf } from './register-type.ts';
import type { RegisteredType } from './register-type.ts';
import { builtInClassOf, describeUnsupported, isPrimitive, prototypeOf } from './value-domain.ts';
import { VALUE_DEPTH_MAX } from './wire-format.ts';
import type { TypedArray } from './wire-format.ts';

interface Problem {
  /** From the value down: '.items[3]'. */
  readonly path: string;
  /** As in "it is a function". */
  readonly reason: string;
}

/** Throws VALUE_NOT_SERIALIZABLE unless the value is in the domain (value-domain.ts). */
export function checkValue(value: unknown): void {
  if (isPrimitive(value)) return;
  const problem = problemOf(value, new Set());
  if (problem === undefined) return;
  throw new MillraceError('VALUE_NOT_SERIALIZABLE', `Encoding 'value${problem.path}' failed: it is ${problem.reason}`);
}

/** @param ancestors containers on the way to the value */
function problemOf(value: unknown, ancestors: Set<object>): Problem | undefined {
  if (isPrimitive(value)) return undefined;
  if (typeof value !== 'object' || value === null) return here(describeUnsupported(value));
  if (ancestors.has(value)) return here('a reference to an object that contains it');
  if (ancestors.size >= VALUE_DEPTH_MAX) return here(`nested deeper than ${VALUE_DEPTH_MAX} levels`);
  ancestors.add(value);
  const problem = problemInside(value, ancestors);
  ancestors.delete(value);
  return problem;
}

function problemInside(value: object, ancestors: Set<object>): Problem | undefined {
  const prototype = prototypeOf(value);
  switch (builtInClassOf(prototype)) {
    case 'plain':
      return problemInFields(value, ancestors);
    case 'array':
      return problemInArray(value as unknown[], ancestors);
    case 'map':
      return problemInMap(value as Map<unknown, unknown>, ancestors);
    case 'set':
      return problemInSet(value as Set<unknown>, ancestors);
    case 'date':
      return extraProperty(value);
    case 'array-buffer':
      return problemInBuffer(value as ArrayBuffer) ?? extraProperty(value);
    case 'typed-array':
      return problemInView(value as TypedArray);
    case undefined: {
      const type = prototype === null ? undefined : registeredTypeOf(prototype);
      return type === undefined ? here(describeUnsupported(value)) : problemInEncoded(type, value, ancestors);
    }
  }
}

function problemInFields(value: object, ancestors: Set<object>): Problem | undefined {
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key === 'symbol') return here(`an object with the symbol '${String(key)}' as a key`);
    const property = Object.getOwnPropertyDescriptor(value, key);
    const segment = fieldSegment(key);
    if (property === undefined) continue;
    if (!('value' in property)) return { path: segment, reason: 'an accessor' };
    if (property.enumerable !== true) return { path: segment, reason: 'a field that is not enumerable' };
    const problem = under(segment, problemOf(property.value, ancestors));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemInArray(value: readonly unknown[], ancestors: Set<object>): Problem | undefined {
  for (let index = 0; index < value.length; index++) {
    const segment = `[${index}]`;
    if (!(index in value)) return { path: segment, reason: 'a hole in a sparse array' };
    const problem = under(segment, problemOf(value[index], ancestors));
    if (problem !== undefined) return problem;
  }
  return extraProperty(value, value.length + 1);
}

function problemInMap(value: ReadonlyMap<unknown, unknown>, ancestors: Set<object>): Problem | undefined {
  let index = 0;
  for (const [key, item] of value) {
    const keyProblem = under(`.keys()[${index}]`, problemOf(key, ancestors));
    if (keyProblem !== undefined) return keyProblem;
    const segment = typeof key === 'string' ? `.get(${JSON.stringify(key)})` : `.values()[${index}]`;
    const problem = under(segment, problemOf(item, ancestors));
    if (problem !== undefined) return problem;
    index++;
  }
  return extraProperty(value);
}

function problemInSet(value: ReadonlySet<unknown>, ancestors: Set<object>): Problem | undefined {
  let index = 0;
  for (const item of value) {
    const problem = under(`.values()[${index}]`, problemOf(item, ancestors));
    if (problem !== undefined) return problem;
    index++;
  }
  return extraProperty(value);
}

function problemInEncoded(type: RegisteredType, value: object, ancestors: Set<object>): Problem | undefined {
  return under(` as encoded by type '${type.name}'`, problemOf(type.encode(value), ancestors));
}

/** Properties beside the elements are not looked for: that would list the elements, and there may be millions. */
function problemInView(view: TypedArray): Problem | undefined {
  return view.buffer instanceof ArrayBuffer ? problemInBuffer(view.buffer) : here('a view of shared memory');
}

function problemInBuffer(buffer: ArrayBuffer): Problem | undefined {
  return buffer.detached ? here('a buffer that was transferred away') : undefined;
}

/** @param expected own keys that belong there: none, or the elements and the length of an array */
function extraProperty(value: object, expected: number = 0): Problem | undefined {
  const keys = Reflect.ownKeys(value);
  const extra = keys.length > expected ? keys.at(-1) : undefined;
  return extra === undefined ? undefined : here(`an object with the extra property '${String(extra)}'`);
}

function fieldSegment(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function here(reason: string): Problem {
  return { path: '', reason };
}

function under(segment: string, problem: Problem | undefined): Problem | undefined {
  return problem === undefined ? undefined : { path: segment + problem.path, reason: problem.reason };
}
