/**
 * A value as text, such that two values have the same text exactly when they are the same in every way the codec promises to keep:
 * −0 and 0, missing and undefined fields, order of fields and entries, prototypes, kinds of typed arrays.
 */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'string':
      return JSON.stringify(value);
    case 'object':
      return value === null ? 'null' : describeObject(value);
    default:
      return String(value);
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(describeValue).join(', ')}]`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof Map) {
    return `Map(${[...value].map(([key, item]) => `${describeValue(key)} => ${describeValue(item)}`).join(', ')})`;
  }
  if (value instanceof Set) return `Set(${[...value].map(describeValue).join(', ')})`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${new Uint8Array(value).join(' ')})`;
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `${Object.prototype.toString.call(value)}(${bytes.join(' ')})`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${describeValue(field)}`);
  return `${prototype === null ? 'null ' : className(value)}{${fields.join(', ')}}`;
}

function className(value: object): string {
  return value.constructor === Object || Object.hasOwn(value, 'constructor') ? '' : `${value.constructor.name} `;
}
