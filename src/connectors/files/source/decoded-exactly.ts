import type { StringBytes } from '../../../base/string-bytes.ts';

/** What decoding puts where bytes are not UTF-8. It may also stand in the file. */
export const REPLACEMENT = '\uFFFD';

/** False when the bytes from `start` to `end` were not UTF-8 and `text`, decoded from them, has replacements. */
export function decodedExactly(
  text: string,
  bytes: Uint8Array,
  range: { readonly start: number; readonly end: number },
  strings: StringBytes,
): boolean {
  if (!text.includes(REPLACEMENT)) return true;
  const length = range.end - range.start;
  if (strings.utf8Length(text) !== length) return false;
  const encoded = new Uint8Array(length);
  strings.writeUtf8(encoded, text, 0);
  return encoded.every((byte, index) => byte === bytes[range.start + index]);
}
