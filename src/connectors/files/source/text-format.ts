import { LineDecoder } from './line-decoder.ts';
import type { RecordFormat } from './record-decoder.ts';

/** Each line is a record, empty ones too. */
export function textFormat<T>(convert: (line: string) => T): RecordFormat<T> {
  return {
    name: 'text',
    isSplittable: true,
    parseHeader: undefined,
    createDecoder: (context) => new LineDecoder(context, convert),
  };
}
