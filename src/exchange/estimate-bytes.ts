/** Roughly what a value takes in memory, to bound queues of objects. Looks one level deep: it must cost little. */
const OBJECT_BYTES = 32;
const FIELD_BYTES = 8;

export function estimateBytes(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return FIELD_BYTES;
  if (Array.isArray(value)) return OBJECT_BYTES + value.length * FIELD_BYTES;
  let sizeBytes = OBJECT_BYTES;
  const fields = value as Readonly<Record<string, unknown>>; // read by own names only
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return sizeBytes + value.byteLength;
  if (value instanceof Map || value instanceof Set) return sizeBytes + value.size * OBJECT_BYTES;
  for (const name in fields) sizeBytes += FIELD_BYTES + leafBytes(fields[name]);
  return sizeBytes;
}

function leafBytes(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return OBJECT_BYTES + value.length * FIELD_BYTES;
  return ArrayBuffer.isView(value) ? value.byteLength : OBJECT_BYTES;
}
