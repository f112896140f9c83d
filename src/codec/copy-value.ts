import { MillraceError } from '../base/errors.ts';
import { checkValue } from './check-value.ts';
import { registeredTypeOf } from './register-type.ts';
import { builtInClassOf, describeUnsupported, isPrimitive, prototypeOf } from './value-domain.ts';
import { VALUE_DEPTH_MAX } from './wire-format.ts';
import type { TypedArray } from './wire-format.ts';

/**
 * A deep copy that shares nothing that can change. What encoding and decoding would give, without the bytes: shared references
 * become copies. Throws VALUE_NOT_SERIALIZABLE with the path for a value outside the domain.
 */
export function copyValue<T>(value: T): T {
  return copyWith(value, (text) => text);
}

/** Copies with each string replaced (see own-strings.ts). */
export function copyWith<T>(value: T, copyString: (text: string) => string): T {
  if (isPrimitive(value) && typeof value !== 'string') return value;
  try {
    return new ValueCopier(copyString).copy(value, 0) as T; // a copy has the type of what it copies
  } catch (error) {
    if (MillraceError.is(error) && error.code === 'VALUE_NOT_SERIALIZABLE') checkValue(value);
    throw error;
  }
}

class ValueCopier {
  readonly #copyString: (text: string) => string;

  constructor(copyString: (text: string) => string) {
    this.#copyString = copyString;
  }

  copy(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.#copyString(value);
    if (isPrimitive(value)) return value;
    if (typeof value !== 'object' || value === null) throw unsupported(value);
    if (depth >= VALUE_DEPTH_MAX)
      throw new MillraceError('VALUE_NOT_SERIALIZABLE', 'Copying a value failed: it is nested too deep');
    return this.#copyObject(value, depth + 1);
  }

  #copyObject(value: object, depth: number): unknown {
    const prototype = prototypeOf(value);
    switch (builtInClassOf(prototype)) {
      case 'plain':
        return this.#copyFields(value, prototype, depth);
      case 'array':
        return this.#copyArray(value as unknown[], depth);
      case 'map':
        return this.#copyMap(value as Map<unknown, unknown>, depth);
      case 'set':
        return new Set([...(value as Set<unknown>)].map((item) => this.copy(item, depth)));
      case 'date':
        return new Date((value as Date).getTime());
      case 'array-buffer':
        return (value as ArrayBuffer).slice(0);
      case 'typed-array':
        return copyView(value as TypedArray);
      case undefined:
        return this.#copyRegistered(value, prototype, depth);
    }
  }

  #copyFields(value: object, prototype: object | null, depth: number): object {
    // A spread defines fields, '__proto__' among them; setting one that is there already changes only its value.
    const copy: Record<string, unknown> = prototype === null ? Object.assign(Object.create(null), value) : { ...value };
    for (const name in copy) {
      const field = copy[name];
      if (typeof field === 'string') copy[name] = this.#copyString(field);
      else if (!isPrimitive(field)) copy[name] = this.copy(field, depth);
    }
    return copy;
  }

  #copyArray(value: readonly unknown[], depth: number): unknown[] {
    const copy: unknown[] = [];
    for (let index = 0; index < value.length; index++) {
      if (!(index in value)) throw new MillraceError('VALUE_NOT_SERIALIZABLE', 'Copying a value failed: it has a hole');
      copy.push(this.copy(value[index], depth));
    }
    return copy;
  }

  #copyMap(value: ReadonlyMap<unknown, unknown>, depth: number): Map<unknown, unknown> {
    const copy = new Map<unknown, unknown>();
    for (const [key, item] of value) copy.set(this.copy(key, depth), this.copy(item, depth));
    return copy;
  }

  #copyRegistered(value: object, prototype: object | null, depth: number): object {
    const type = prototype === null ? undefined : registeredTypeOf(prototype);
    if (type === undefined) throw unsupported(value);
    return type.decode(this.copy(type.encode(value), depth), type.version);
  }
}

function copyView(view: TypedArray): TypedArray {
  if (!(view.buffer instanceof ArrayBuffer)) throw unsupported(view.buffer);
  return view.slice();
}

function unsupported(value: unknown): MillraceError {
  return new MillraceError(
    'VALUE_NOT_SERIALIZABLE',
    `Copying a value failed: it contains ${describeUnsupported(value)}`,
  );
}
