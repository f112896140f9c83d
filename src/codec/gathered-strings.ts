/**
 * Strings of a page gathered in one region: the form of the exchange. The value holds only lengths; the characters of all strings of a
 * page are written at once and read at once, and single strings are cut from that. Creating strings one by one is what decoding
 * otherwise spends its time on.
 */
import type { ByteReader } from '../base/byte-reader.ts';
import type { ByteWriter } from '../base/byte-writer.ts';
import { MillraceError } from '../base/errors.ts';
import type { StringBytes } from '../base/string-bytes.ts';
import type { StringReader, StringWriter } from './string-form.ts';
import { STRING_LATIN1, STRING_UTF16 } from './wire-format.ts';

export type TextEncoding = typeof STRING_LATIN1 | typeof STRING_UTF16;

/** Immediately false for a string that the engine keeps as bytes: then no character of it can match. */
const WIDE_CHARACTER = /[\u0100-\uffff]/;

export class GatheredStringWriter implements StringWriter {
  readonly form = 'gathered';
  /**
   * Of the page so far. A sum of strings is a tree until it is written: adding to it copies nothing. Public for the code of shapes
   * (generated-shape.ts), which writes the lengths itself and adds all strings of an object at once.
   */
  text: string = '';

  get units(): number {
    return this.text.length;
  }

  /** Looks at all of the text: for when it is about to be written. */
  get encoding(): TextEncoding {
    return WIDE_CHARACTER.test(this.text) ? STRING_UTF16 : STRING_LATIN1;
  }

  write(writer: ByteWriter, text: string): void {
    writer.u32(text.length);
    this.text += text;
  }

  mark(): string {
    return this.text;
  }

  rewind(mark: unknown): void {
    this.text = String(mark);
  }

  /** Forgets all but the first `units`. */
  truncate(units: number): void {
    this.text = this.text.slice(0, units);
  }

  clear(): void {
    this.text = '';
  }

  /** Writes textBytes(units, encoding) bytes; there is room for them. */
  writeTo(strings: StringBytes, bytes: Uint8Array, offset: number, encoding: TextEncoding): void {
    if (encoding === STRING_LATIN1) strings.writeLatin1(bytes, this.text, offset);
    else strings.writeUtf16(bytes, this.text, offset);
  }
}

export class GatheredStringReader implements StringReader {
  readonly form = 'gathered';
  /** Of the page. Public for the code of shapes, which cuts all strings of an object from it. */
  text: string = '';
  /** Where the next string begins. */
  position: number = 0;

  /** Takes up the text of the next page. */
  readFrom(strings: StringBytes, bytes: Uint8Array, start: number, units: number, encoding: TextEncoding): void {
    const end = start + textBytes(units, encoding);
    this.text =
      encoding === STRING_LATIN1 ? strings.readLatin1(bytes, start, end) : strings.readUtf16(bytes, start, end);
    this.position = 0;
  }

  /** Lets go of the page's text; strings cut from it keep what they need. */
  clear(): void {
    this.text = '';
    this.position = 0;
  }

  read(reader: ByteReader): string {
    const start = this.position;
    const end = start + reader.u32();
    this.moveTo(end);
    return this.text.slice(start, end);
  }

  /** The strings before `end` are read, or about to be. */
  moveTo(end: number): void {
    if (end > this.text.length) {
      throw new MillraceError(
        'CHECKPOINT_CORRUPT',
        `Reading a string failed: it ends at ${end} of ${this.text.length} characters`,
      );
    }
    this.position = end;
  }
}

export function textBytes(units: number, encoding: TextEncoding): number {
  return encoding === STRING_LATIN1 ? units : units * 2;
}
