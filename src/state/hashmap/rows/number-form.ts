/**
 * How a value is kept in words: a number as one, a plain object whose fields are all numbers as one for each field. The field order
 * belongs to the form. Reading makes a fresh object, so nobody shares it with the state.
 *
 * Reading and writing an object is code made for its fields: an object literal gives all values of a state one hidden class.
 * `interpretedForm` does the same field by field; a test holds both against each other.
 */

export interface NumberForm {
  /** Words of one value. */
  readonly width: number;
  /** Undefined for a number. */
  readonly fields: readonly string[] | undefined;
  /** Can the value be kept in this form? */
  readonly fits: (value: unknown) => boolean;
  /** The value fits. */
  readonly write: (words: Float64Array, at: number, value: unknown) => void;
  readonly read: (words: Float64Array, at: number) => unknown;
}

/** Objects with more fields are kept as they are. */
export const FIELDS_MAX = 16;

/** Whole numbers come back as small integers, which cost nothing to hand on. -0 stays. */
export function numberAt(words: Float64Array, at: number): number {
  const value = words[at] ?? 0;
  const int = value | 0;
  return int === value && (int !== 0 || 1 / value > 0) ? int : value;
}

const NUMBER: NumberForm = {
  width: 1,
  fields: undefined,
  fits: (value) => typeof value === 'number',
  write: (words, at, value) => {
    words[at] = value as number; // it fits
  },
  read: numberAt,
};

/** The form of the value, undefined when it cannot be kept in words. */
export function numberFormOf(value: unknown): NumberForm | undefined {
  if (typeof value === 'number') return NUMBER;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return undefined;
  const names = Reflect.ownKeys(value);
  if (names.length === 0 || names.length > FIELDS_MAX) return undefined;
  const fields = names.filter((name) => typeof name === 'string');
  const isPlain = fields.every((name) => isNumberField(Object.getOwnPropertyDescriptor(value, name)));
  // Numbers as names come first whatever the order of writing; __proto__ is no field in a literal.
  const isOrdered = fields.every((name) => name !== '__proto__' && !/^\d/.test(name));
  return fields.length === names.length && isPlain && isOrdered ? formOfFields(fields) : undefined;
}

/** What a section says of its values. */
export function formOfFields(fields: readonly string[] | undefined): NumberForm {
  return fields === undefined ? NUMBER : generatedForm(fields);
}

export function isSameForm(a: NumberForm, fields: readonly string[] | undefined): boolean {
  if (a.fields === undefined || fields === undefined) return a.fields === fields;
  return a.fields.length === fields.length && a.fields.every((name, at) => name === fields[at]);
}

function isNumberField(property: PropertyDescriptor | undefined): boolean {
  return property?.enumerable === true && typeof property.value === 'number';
}

export function generatedForm(fields: readonly string[]): NumberForm {
  const quoted = fields.map((name) => JSON.stringify(name));
  // Names come in as string literals only.
  // oxlint-disable-next-line typescript/no-implied-eval -- one hidden class for all values of a state
  const make = new Function(
    'numberAt',
    'prototype',
    `const names = [${quoted.join(', ')}];
    return {
      fits(value) {
        if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== prototype) return false;
        let at = 0;
        for (const name in value) if (name !== names[at++]) return false;
        return at === ${fields.length} && ${quoted.map((name) => `typeof value[${name}] === 'number'`).join(' && ')};
      },
      write(words, at, value) {
        ${quoted.map((name, at) => `words[at + ${at}] = value[${name}];`).join('\n        ')}
      },
      read(words, at) {
        return { ${quoted.map((name, at) => `${name}: numberAt(words, at + ${at})`).join(', ')} };
      },
    };`,
  ) as (read: typeof numberAt, prototype: object) => Pick<NumberForm, 'fits' | 'write' | 'read'>;
  return { width: fields.length, fields, ...make(numberAt, Object.prototype) };
}

export function interpretedForm(fields: readonly string[]): NumberForm {
  return {
    width: fields.length,
    fields,
    fits: (value) => {
      const form = numberFormOf(value);
      return form !== undefined && isSameForm(form, fields);
    },
    write: (words, at, value) => {
      const record = value as Readonly<Record<string, number>>; // it fits
      fields.forEach((name, index) => (words[at + index] = record[name] ?? 0));
    },
    read: (words, at) => Object.fromEntries(fields.map((name, index) => [name, numberAt(words, at + index)])),
  };
}
