/**
 * The hash code of a key. Each type of key hashes as the Java type it stands for:
 *
 *   number    an int32 as Integer, another safe integer as Long, all else as Double; -0 is 0, every NaN the same
 *   bigint    as Long where it fits, else as BigInteger
 *   string, boolean
 *   Date      as Long of its milliseconds
 *   array     as a Flink tuple of its elements, in order
 *   object    plain objects: as a Flink tuple of their field values, fields sorted by name (UTF-16 order)
 *
 * 5, 5n and '5' are three keys (canonical-key.ts tells them apart), whatever their hashes are. Everything else is
 * KEY_TYPE_UNSUPPORTED: null, undefined, invalid dates, NaN inside arrays and objects, Map, Set, class instances, functions.
 */
import { MillraceError } from '../base/errors.ts';
import { bigintHash, booleanHash, doubleHash, longHash, stringHash } from './java-hash.ts';

/** Deeper keys are refused; a key that contains itself ends here too. */
const KEY_DEPTH_MAX = 16;

/** Throws KEY_TYPE_UNSUPPORTED, naming the path inside the key. */
export function keyHash(key: unknown): number {
  if (typeof key === 'number') return numberHash(key);
  if (typeof key === 'string') return stringHash(key);
  return hashOf(key, key, 0);
}

function numberHash(value: number): number {
  if ((value | 0) === value) return value | 0;
  return Number.isSafeInteger(value) ? longHash(value) : doubleHash(value);
}

function hashOf(value: unknown, root: unknown, depth: number): number {
  switch (typeof value) {
    case 'number':
      if (Number.isNaN(value) && depth > 0) throw unsupportedKey(root);
      return numberHash(value);
    case 'string':
      return stringHash(value);
    case 'bigint':
      return bigintHash(value);
    case 'boolean':
      return booleanHash(value);
    case 'object':
      return compositeHash(value, root, depth);
    default:
      throw unsupportedKey(root);
  }
}

function compositeHash(value: object | null, root: unknown, depth: number): number {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return longHash(value.getTime());
  if (depth >= KEY_DEPTH_MAX) throw unsupportedKey(root);
  let hash = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      hash = (Math.imul(hash, 31) + hashOf(value[index], root, depth + 1)) | 0;
    }
    return hash;
  }
  if (!isPlainObject(value)) throw unsupportedKey(root);
  for (const name of sortedFields(value)) hash = (Math.imul(hash, 31) + hashOf(value[name], root, depth + 1)) | 0;
  return hash;
}

export type PlainObject = Readonly<Record<string, unknown>>;

export function isPlainObject(value: unknown): value is PlainObject {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function sortedFields(value: PlainObject): string[] {
  const names = Object.keys(value);
  return names.length > 1 ? names.sort() : names;
}

/** Looks for the part of a refused key that is to blame. The slow path: only errors come here. */
export function unsupportedKey(root: unknown): MillraceError {
  const { path, reason } = findUnsupported(root, '', 0) ?? { path: '', reason: 'is not supported' };
  const place = path === '' ? 'Key' : `Key part '${path}'`;
  return new MillraceError('KEY_TYPE_UNSUPPORTED', `Hashing a key failed: ${place} ${reason}`);
}

interface UnsupportedPart {
  readonly path: string;
  readonly reason: string;
}

function findUnsupported(value: unknown, path: string, depth: number): UnsupportedPart | undefined {
  if (typeof value === 'number' && Number.isNaN(value) && depth > 0) return { path, reason: 'is NaN' };
  if (['number', 'string', 'bigint', 'boolean'].includes(typeof value)) return undefined;
  if (typeof value !== 'object' || value === null) return { path, reason: `is ${describe(value)}` };
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? { path, reason: 'is an invalid Date' } : undefined;
  if (depth >= KEY_DEPTH_MAX) return { path, reason: `is nested more than ${KEY_DEPTH_MAX} levels deep` };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const found = findUnsupported(value[index], `${path}[${index}]`, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isPlainObject(value)) return { path, reason: `is ${describe(value)}` };
  for (const name of sortedFields(value)) {
    const found = findUnsupported(value[name], path === '' ? name : `${path}.${name}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  const maker: unknown = typeof prototype === 'object' && prototype !== null ? prototype.constructor : undefined;
  return typeof maker === 'function' && maker.name !== '' ? `an instance of ${maker.name}` : 'an instance of a class';
}
