/**
 * How a value is kept in cells: a number in a word, a text as itself, a plain object of numbers and texts as one cell for each field.
 * The order of the fields belongs to the form. Reading makes a fresh object, so nobody shares it with the state.
 *
 * Reading and writing an object is code made for its fields: an object literal gives all values of a state one hidden class.
 * `interpretedForm` does the same field by field; a test holds both against each other.
 */
import { ownString } from '../../../codec/own-strings.ts';

export type CellKind = 'number' | 'text';

export interface Cells {
  readonly words: Float64Array;
  readonly texts: (string | undefined)[];
}

export interface FlatForm {
  /** Undefined for a value that is no object. */
  readonly fields: readonly string[] | undefined;
  /** Of the fields, or of the value. */
  readonly kinds: readonly CellKind[];
  readonly wordCount: number;
  readonly textCount: number;
  /** Can the value be kept in this form? */
  readonly fits: (value: unknown) => boolean;
  /** The value fits. */
  readonly write: (cells: Cells, word: number, text: number, value: unknown) => void;
  readonly read: (cells: Cells, word: number, text: number) => unknown;
}

/** Objects with more fields are kept as they are. */
export const FIELDS_MAX = 16;

/** Whole numbers come back as small integers, which cost nothing to hand on. -0 stays. */
export function numberAt(words: Float64Array, at: number): number {
  const value = words[at] ?? 0;
  const int = value | 0;
  return int === value && (int !== 0 || 1 / value > 0) ? int : value;
}

/** The text of a record may hold on to a page of a channel: only what is new is copied. */
function setText(texts: (string | undefined)[], at: number, text: string): void {
  if (texts[at] !== text) texts[at] = ownString(text);
}

const NUMBER: FlatForm = {
  fields: undefined,
  kinds: ['number'],
  wordCount: 1,
  textCount: 0,
  fits: (value) => typeof value === 'number',
  write: ({ words }, word, _, value) => {
    words[word] = value as number; // it fits
  },
  read: ({ words }, word) => numberAt(words, word),
};

const TEXT: FlatForm = {
  fields: undefined,
  kinds: ['text'],
  wordCount: 0,
  textCount: 1,
  fits: (value) => typeof value === 'string',
  write: ({ texts }, _, text, value) => setText(texts, text, value as string), // it fits
  read: ({ texts }, _, text) => texts[text],
};

/** The form of the value, undefined when it cannot be kept in cells. */
export function flatFormOf(value: unknown): FlatForm | undefined {
  if (typeof value === 'number') return NUMBER;
  if (typeof value === 'string') return TEXT;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return undefined;
  const names = Reflect.ownKeys(value);
  if (names.length === 0 || names.length > FIELDS_MAX) return undefined;
  const fields: string[] = [];
  const kinds: CellKind[] = [];
  for (const name of names) {
    const kind = kindOf(Object.getOwnPropertyDescriptor(value, name));
    if (typeof name !== 'string' || !isFieldName(name) || kind === undefined) return undefined;
    fields.push(name);
    kinds.push(kind);
  }
  return generatedForm(fields, kinds);
}

/** What a section says of its values; undefined when there is no such form. */
export function formOf(fields: readonly string[] | undefined, kinds: readonly CellKind[]): FlatForm | undefined {
  if (fields === undefined) return kinds[0] === 'text' ? TEXT : NUMBER;
  return fields.length === kinds.length && fields.every(isFieldName) ? generatedForm(fields, kinds) : undefined;
}

export function isSameForm(a: FlatForm, b: FlatForm): boolean {
  const isSame = (one: readonly string[] = [], other: readonly string[] = []): boolean =>
    one.length === other.length && one.every((item, at) => item === other[at]);
  return (
    (a.fields === undefined) === (b.fields === undefined) && isSame(a.fields, b.fields) && isSame(a.kinds, b.kinds)
  );
}

/** Numbers as names come first whatever the order of writing; __proto__ is no field in a literal. */
function isFieldName(name: string): boolean {
  return name !== '__proto__' && !/^\d/.test(name);
}

function kindOf(property: PropertyDescriptor | undefined): CellKind | undefined {
  if (property?.enumerable !== true) return undefined;
  if (typeof property.value === 'number') return 'number';
  return typeof property.value === 'string' ? 'text' : undefined;
}

interface Places {
  readonly name: string;
  readonly kind: CellKind;
  /** Among the words or the texts of the value. */
  readonly at: number;
}

function placesOf(fields: readonly string[], kinds: readonly CellKind[]): readonly Places[] {
  let words = 0;
  let texts = 0;
  return fields.map((name, index) => {
    const kind = kinds[index] ?? 'number';
    return { name, kind, at: kind === 'number' ? words++ : texts++ };
  });
}

function countOf(kinds: readonly CellKind[], kind: CellKind): number {
  return kinds.filter((one) => one === kind).length;
}

export function generatedForm(fields: readonly string[], kinds: readonly CellKind[]): FlatForm {
  // Names enter the code as string literals only.
  const places = placesOf(fields, kinds).map((place) => ({ ...place, name: JSON.stringify(place.name) }));
  const checks = places.map(
    ({ name, kind }) => `typeof value[${name}] === '${kind === 'number' ? 'number' : 'string'}'`,
  );
  const writes = places.map(({ name, kind, at }) =>
    kind === 'number' ? `words[word + ${at}] = value[${name}];` : `setText(texts, text + ${at}, value[${name}]);`,
  );
  const reads = places.map(({ name, kind, at }) =>
    kind === 'number' ? `${name}: numberAt(words, word + ${at})` : `${name}: texts[text + ${at}]`,
  );
  const source = `'use strict';
    const names = [${places.map(({ name }) => name).join(', ')}];
    return {
      fits(value) {
        if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== prototype) return false;
        let at = 0;
        for (const name in value) if (name !== names[at++]) return false;
        return at === ${fields.length} && ${checks.join(' && ')};
      },
      write({ words, texts }, word, text, value) {
        ${writes.join('\n        ')}
      },
      read({ words, texts }, word, text) {
        return { ${reads.join(', ')} };
      },
    };`;
  // oxlint-disable-next-line typescript/no-implied-eval -- the header says why, and above what may enter
  const make = new Function('numberAt', 'setText', 'prototype', source) as (
    read: typeof numberAt,
    write: typeof setText,
    prototype: object,
  ) => Pick<FlatForm, 'fits' | 'write' | 'read'>; // its source is made for this type
  const methods = make(numberAt, setText, Object.prototype);
  return { fields, kinds, wordCount: countOf(kinds, 'number'), textCount: countOf(kinds, 'text'), ...methods };
}

export function interpretedForm(fields: readonly string[], kinds: readonly CellKind[]): FlatForm {
  const places = placesOf(fields, kinds);
  return {
    fields,
    kinds,
    wordCount: countOf(kinds, 'number'),
    textCount: countOf(kinds, 'text'),
    fits: (value) => {
      const form = flatFormOf(value);
      return form?.fields !== undefined && isSameForm(form, interpretedForm(fields, kinds));
    },
    write: ({ words, texts }, word, text, value) => {
      const record = value as Readonly<Record<string, unknown>>; // it fits
      for (const { name, kind, at } of places) {
        if (kind === 'number') words[word + at] = Number(record[name]);
        else setText(texts, text + at, String(record[name]));
      }
    },
    read: ({ words, texts }, word, text) =>
      Object.fromEntries(
        places.map(({ name, kind, at }) => [name, kind === 'number' ? numberAt(words, word + at) : texts[text + at]]),
      ),
  };
}
