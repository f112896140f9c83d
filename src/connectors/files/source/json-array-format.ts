import { JsonArrayDecoder } from './json-array-decoder.ts';
import type { RecordFormat } from './record-decoder.ts';

/** One array of JSON values a file; always one split. */
export function jsonArrayFormat<T>(convert: (value: unknown) => T): RecordFormat<T> {
  return {
    name: 'json-array',
    isSplittable: false,
    parseHeader: undefined,
    createDecoder: (context) => new JsonArrayDecoder(context, convert),
  };
}
