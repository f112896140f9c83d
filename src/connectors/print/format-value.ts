/**
 * A value as one would write it in a log: texts as they are, objects like JSON, and what JSON has no word for in its own way
 * (5n, undefined, NaN, Map and Set as arrays of their entries).
 */
export function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : formatInside(value);
}

/** Deeper values are cut: a printed line is for eyes. */
const DEPTH_MAX = 8;

function formatInside(value: unknown, depth: number = 0): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (depth === DEPTH_MAX) return '...';
  const inside = (part: unknown): string => formatInside(part, depth + 1);
  if (value instanceof Map) return `Map${inside([...value])}`;
  if (value instanceof Set) return `Set${inside([...value])}`;
  if (isSequence(value)) return `[${Array.from(value, inside).join(',')}]`;
  return `{${Object.entries(value)
    .map(([key, part]) => `${JSON.stringify(key)}:${inside(part)}`)
    .join(',')}}`;
}

function isSequence(value: object): value is object & ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}
