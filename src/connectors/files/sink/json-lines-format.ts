import type { RowFormat } from './row-format.ts';

/** JSON.rawJSON writes digits as they are; Node has it, TypeScript's library does not name it yet. */
interface RawJson {
  rawJSON(this: void, text: string): unknown;
}

// The cast adds a method that exists in every supported Node version.
const { rawJSON } = JSON as unknown as RawJson;

/**
 * One JSON text a line, as JSON.stringify writes it: a Date becomes its ISO text, undefined properties are left out, NaN and
 * infinities become null, a Map becomes {}. Beyond it: a bigint becomes a number with all its digits, and a value that has no
 * JSON text at all (undefined) becomes null.
 */
export class JsonLinesFormat<T> implements RowFormat<T> {
  readonly suffix = '.jsonl';
  readonly header = '';
  /** A replacer makes JSON.stringify several times slower, so it is used only once a bigint was met. */
  #hasBigints = false;

  format(value: T): string {
    return `${this.#hasBigints ? jsonText(value) : this.#tryPlain(value)}\n`;
  }

  #tryPlain(value: T): string {
    try {
      return JSON.stringify(value) ?? 'null';
    } catch (error) {
      // Bigints and cycles are both TypeErrors; a cycle fails again, and then for good.
      if (!(error instanceof TypeError)) throw error;
      const text = jsonText(value);
      this.#hasBigints = true;
      return text;
    }
  }
}

/** JSON with bigints as numbers. */
export function jsonText(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? rawJSON(String(part)) : part)) ?? 'null'
  );
}
