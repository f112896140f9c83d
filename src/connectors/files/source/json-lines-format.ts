import { LineDecoder, NO_RECORD } from './line-decoder.ts';
import type { LineParser } from './line-decoder.ts';
import { parseJson } from './parse-failure.ts';
import type { RecordFormat } from './record-decoder.ts';

const WHITESPACE_ONLY = /^\s*$/;

/** One JSON value a line; lines of nothing but white space are no records. */
export function jsonLinesFormat<T>(convert: (value: unknown) => T): RecordFormat<T> {
  const parse: LineParser<T> = (line) => (isBlank(line) ? NO_RECORD : convert(parseJson(line)));
  return {
    name: 'json-lines',
    isSplittable: true,
    parseHeader: undefined,
    createDecoder: (context) => new LineDecoder(context, parse),
  };
}

function isBlank(line: string): boolean {
  return line.length === 0 || (line.charCodeAt(0) <= 0x20 && WHITESPACE_ONLY.test(line));
}
