/**
 * Buffer's string routines, which pure layers may not import and TextDecoder cannot match in speed.
 * All offsets and lengths are bytes within `bytes`; callers guarantee that the target has room.
 */
export interface StringBytes {
  /** Writes the low byte of each UTF-16 unit. Returns the bytes written (= text.length). Lossless only for latin1 text. */
  writeLatin1(bytes: Uint8Array, text: string, offset: number): number;
  readLatin1(bytes: Uint8Array, start: number, end: number): string;
  /** Lone surrogates are replaced: the codec writes such strings as UTF-16. Returns the bytes written. */
  writeUtf8(bytes: Uint8Array, text: string, offset: number): number;
  readUtf8(bytes: Uint8Array, start: number, end: number): string;
  /** Little endian, two bytes a unit; lossless for every string. */
  writeUtf16(bytes: Uint8Array, text: string, offset: number): number;
  readUtf16(bytes: Uint8Array, start: number, end: number): string;
  utf8Length(text: string): number;
}
