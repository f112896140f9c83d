import { builtInClassOf, prototypeOf } from '../../codec/value-domain.ts';

/** Equality of two values of the codec's domain, frozen or not; fields of objects may come in any order. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (!isOfSameClass(a, b)) return false;
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (Array.isArray(a) && Array.isArray(b)) return isSameList(a, b);
  if (a instanceof Map && b instanceof Map) return isSameList([...a].flat(), [...b].flat());
  if (a instanceof Set && b instanceof Set) return isSameList([...a], [...b]);
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) return isSameBytes(new Uint8Array(a), new Uint8Array(b));
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) return isSameBytes(bytesOf(a), bytesOf(b));
  return hasSameFields(a, b);
}

/** Freezing gives Dates, Maps and Sets another prototype. */
function isOfSameClass(a: object, b: object): boolean {
  const [prototypeOfA, prototypeOfB] = [prototypeOf(a), prototypeOf(b)];
  if (prototypeOfA === prototypeOfB) return true;
  const builtIn = builtInClassOf(prototypeOfA);
  return (builtIn === 'date' || builtIn === 'map' || builtIn === 'set') && builtIn === builtInClassOf(prototypeOfB);
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((element, index) => isSameValue(element, b[index]));
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function hasSameFields(a: object, b: object): boolean {
  const fields = new Map(Object.entries(b));
  const entries = Object.entries(a);
  return (
    entries.length === fields.size &&
    entries.every(([name, value]) => fields.has(name) && isSameValue(value, fields.get(name)))
  );
}
