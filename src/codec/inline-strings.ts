/** Strings that stand where they belong: the form of files and single values. */
import { assert } from '../base/assert.ts';
import type { ByteReader } from '../base/byte-reader.ts';
import type { ByteWriter } from '../base/byte-writer.ts';
import { MillraceError } from '../base/errors.ts';
import type { StringBytes } from '../base/string-bytes.ts';
import type { StringReader, StringWriter } from './string-form.ts';
import { STRING_LATIN1, STRING_UTF16, STRING_UTF8 } from './wire-format.ts';

/** The header holds the length in bytes times this, plus the encoding. */
const ENCODINGS = 4;
/** Bytes of UTF-8 that one UTF-16 unit takes at most. */
const UTF8_BYTES_PER_UNIT = 3;

export class InlineStringWriter implements StringWriter {
  readonly form = 'inline';
  readonly #strings: StringBytes;

  constructor(strings: StringBytes) {
    this.#strings = strings;
  }

  write(writer: ByteWriter, text: string): void {
    const start = writer.position;
    // Most strings are ASCII, and then their length is known before they are written.
    writer.varint(text.length * ENCODINGS + STRING_LATIN1);
    makeRoom(writer, text.length * UTF8_BYTES_PER_UNIT);
    const length = this.#strings.writeUtf8(writer.bytes, text, writer.position);
    if (length === text.length) {
      writer.position += length;
      return;
    }
    writer.position = start;
    if (text.isWellFormed()) this.#writeUtf8(writer, text);
    else this.#writeUtf16(writer, text);
  }

  mark(): undefined {
    return undefined;
  }

  rewind(): void {
    // All of it stands in the writer.
  }

  #writeUtf8(writer: ByteWriter, text: string): void {
    const length = this.#strings.utf8Length(text);
    writer.varint(length * ENCODINGS + STRING_UTF8);
    makeRoom(writer, length);
    writer.position += this.#strings.writeUtf8(writer.bytes, text, writer.position);
  }

  /** Lone surrogates: only this encoding keeps them. */
  #writeUtf16(writer: ByteWriter, text: string): void {
    const length = text.length * 2;
    writer.varint(length * ENCODINGS + STRING_UTF16);
    makeRoom(writer, length);
    writer.position += this.#strings.writeUtf16(writer.bytes, text, writer.position);
  }
}

export class InlineStringReader implements StringReader {
  readonly form = 'inline';
  readonly #strings: StringBytes;

  constructor(strings: StringBytes) {
    this.#strings = strings;
  }

  read(reader: ByteReader): string {
    const header = reader.varint();
    const encoding = header % ENCODINGS;
    const length = Math.floor(header / ENCODINGS);
    const start = reader.advance(length);
    switch (encoding) {
      case STRING_LATIN1:
        return this.#strings.readLatin1(reader.bytes, start, start + length);
      case STRING_UTF8:
        return this.#strings.readUtf8(reader.bytes, start, start + length);
      case STRING_UTF16:
        if (length % 2 === 0) return this.#strings.readUtf16(reader.bytes, start, start + length);
        break;
      default:
    }
    throw new MillraceError('CHECKPOINT_CORRUPT', `Reading a string at byte ${start} failed: its encoding is wrong`);
  }
}

function makeRoom(writer: ByteWriter, sizeBytes: number): void {
  assert(writer.reserve(sizeBytes), 'Writing a string past the end of a fixed buffer');
}
