import { Buffer } from 'node:buffer';
import type { StringBytes } from '../../base/string-bytes.ts';

/** Buffer's string routines, called on any Uint8Array through Buffer's prototype: no view is made per call. */
interface StringMethods {
  latin1Write(this: Uint8Array, text: string, offset: number): number;
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  utf8Write(this: Uint8Array, text: string, offset: number): number;
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  ucs2Write(this: Uint8Array, text: string, offset: number): number;
  ucs2Slice(this: Uint8Array, start: number, end: number): string;
}

// Public but undocumented methods of Buffer's prototype, present in all Node versions that we run on.
const methods = Buffer.prototype as unknown as StringMethods;

export const nodeStrings: StringBytes = {
  writeLatin1: (bytes, text, offset) => methods.latin1Write.call(bytes, text, offset),
  readLatin1: (bytes, start, end) => methods.latin1Slice.call(bytes, start, end),
  writeUtf8: (bytes, text, offset) => methods.utf8Write.call(bytes, text, offset),
  readUtf8: (bytes, start, end) => methods.utf8Slice.call(bytes, start, end),
  writeUtf16: (bytes, text, offset) => methods.ucs2Write.call(bytes, text, offset),
  readUtf16: (bytes, start, end) => methods.ucs2Slice.call(bytes, start, end),
  utf8Length: (text) => Buffer.byteLength(text, 'utf8'),
};
