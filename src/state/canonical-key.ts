/**
 * How a key addresses its entries. A JavaScript Map tells 5, 5n, '5' and true apart and takes -0 for 0, so those keys stand for
 * themselves. Dates, arrays and plain objects become a canonical string, in which two keys are equal exactly when they are the
 * same key; it begins with U+0000, and so a text that begins with U+0000 is written canonically too. The string is lossless:
 * the key is read back from it, with fields sorted by name, and need not be kept beside it.
 *
 *   node := s<length>:<text> | n<number>; | b<digits>; | t | f | d<ms>; | a<count>:<node>* | o<count>:(<length>:<name><node>)*
 */
import { assert } from '../base/assert.ts';
import { isPlainObject, keyHash, sortedFields, unsupportedKey } from './key-hash.ts';

/** A key as a Map key. */
export type KeyId = number | string | bigint | boolean;

const MARK = '\u0000';

/** Throws KEY_TYPE_UNSUPPORTED. */
export function keyIdOf(key: unknown): KeyId {
  switch (typeof key) {
    case 'number':
      // -0 becomes 0.
      return key + 0;
    case 'bigint':
    case 'boolean':
      return key;
    case 'string':
      return key.charCodeAt(0) === 0 ? MARK + canonical(key) : key;
    default:
      // Refuses what no key may hold, before it is taken apart.
      keyHash(key);
      return MARK + canonical(key);
  }
}

/** The key of an id: what `keyIdOf` was given, as a fresh value. */
export function keyOfId(id: KeyId): unknown {
  if (typeof id !== 'string' || id.charCodeAt(0) !== 0) return id;
  const parser = new CanonicalParser(id);
  const key = parser.node();
  assert(parser.isAtEnd, 'Canonical key has more than one node');
  return key;
}

function canonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'number':
      return `n${value};`;
    case 'bigint':
      return `b${value};`;
    case 'boolean':
      return value ? 't' : 'f';
    default:
      return canonicalComposite(value);
  }
}

function canonicalComposite(value: unknown): string {
  if (value instanceof Date) return `d${value.getTime()};`;
  if (Array.isArray(value)) {
    let text = `a${value.length}:`;
    for (const element of value) text += canonical(element);
    return text;
  }
  if (!isPlainObject(value)) throw unsupportedKey(value);
  const names = sortedFields(value);
  let text = `o${names.length}:`;
  for (const name of names) text += `${name.length}:${name}${canonical(value[name])}`;
  return text;
}

class CanonicalParser {
  readonly #text: string;
  #position = MARK.length;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#text.length;
  }

  node(): unknown {
    switch (this.#text.charAt(this.#position++)) {
      case 's':
        return this.#sized(this.#count());
      case 'n':
        return Number(this.#until(';'));
      case 'b':
        return BigInt(this.#until(';'));
      case 't':
        return true;
      case 'f':
        return false;
      case 'd':
        return new Date(Number(this.#until(';')));
      case 'a':
        return Array.from({ length: this.#count() }, () => this.node());
      default:
        return this.#object(this.#count());
    }
  }

  #object(fieldCount: number): unknown {
    const fields: [string, unknown][] = [];
    for (let index = 0; index < fieldCount; index++) fields.push([this.#sized(this.#count()), this.node()]);
    // fromEntries defines fields, so that a field named __proto__ stays data.
    return Object.fromEntries(fields);
  }

  #count(): number {
    return Number(this.#until(':'));
  }

  #sized(length: number): string {
    this.#position += length;
    return this.#text.slice(this.#position - length, this.#position);
  }

  #until(end: string): string {
    const at = this.#text.indexOf(end, this.#position);
    assert(at >= 0, () => `Canonical key has no '${end}' after position ${this.#position}`);
    const piece = this.#text.slice(this.#position, at);
    this.#position = at + 1;
    return piece;
  }
}
