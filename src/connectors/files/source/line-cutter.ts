/**
 * Cuts a stream of bytes into the lines of one split, at full speed and with exact byte offsets.
 *
 * Whole lines of a chunk are decoded in one piece and cut from that one string. Where the string has as many UTF-16 units as
 * the piece has bytes, each unit came from one byte (no character has more units than bytes), so that offsets in the string are
 * offsets in the bytes; else line ends are looked up in both: a line end is one byte and never part of another character.
 *
 * A line ends at \n; a \r before it belongs to the line end. A byte order mark at the start of the file is passed over. Bytes
 * that are not UTF-8 become U+FFFD in `line`, and `isInvalid` is set.
 *
 * Use: while `next()` is true there is a line. When it is false and `isEnded` is false, `push` the next bytes or call `end`.
 */
import { assert } from '../../../base/assert.ts';
import type { StringBytes } from '../../../base/string-bytes.ts';
import { concatBytes } from './concat-bytes.ts';
import { REPLACEMENT, decodedExactly } from './decoded-exactly.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK_BYTES = 3;
/** Bytes of a tail that may turn out not to count as the line: a byte order mark before it, a \r behind it. */
const NOT_COUNTED_MAX = 4;
const NO_BYTES: Uint8Array = new Uint8Array(0);

export type TextEncoding = 'utf8' | 'latin1';

export interface LineCutterOptions {
  readonly strings: StringBytes;
  readonly encoding: TextEncoding;
  /** Offset in the stream of the first byte that will be pushed. */
  readonly fromBytes: number;
  /** Lines that start here or later are not wanted. */
  readonly endBytes: number;
  /** True when the first byte may lie within a line, whose rest is then passed over. */
  readonly skipsFirstLine: boolean;
  readonly maxLineBytes: number;
}

export class LineCutter {
  readonly #options: LineCutterOptions;

  /** The line that `next` found, without its line end. */
  line = '';
  lineStartBytes = 0;
  /** True when the line's bytes are not of the encoding. */
  isInvalid = false;
  /** '\n', '\r\n', or '' for a last line without line end. */
  lineEnd = '';
  /** True once a line is longer than allowed: `next` then answers false for ever. */
  isTooLong = false;
  /** Where the line after the last one begins. */
  nextBytes: number;
  /** Lines found so far. */
  lineCount = 0;

  /** Whole lines, as bytes and as text, and how far they are cut. */
  #block: Uint8Array = NO_BYTES;
  #blockPosition = 0;
  #text = '';
  #textPosition = 0;
  #isOneUnitPerByte = true;
  #mayBeInvalid = false;
  /** The beginning of a line whose end has not been seen: pieces in order. */
  #tail: Uint8Array[] = [];
  #tailBytes = 0;
  /** Of a byte order mark before the next line; the first line still starts at 0, even if the split ends within the mark. */
  #markBytes = 0;
  #isSkipping: boolean;
  #isInputEnded = false;

  constructor(options: LineCutterOptions) {
    this.#options = options;
    this.nextBytes = options.fromBytes;
    this.#isSkipping = options.skipsFirstLine;
  }

  /** True once `nextBytes` is known to be the start of a line. */
  get isAligned(): boolean {
    return !this.#isSkipping;
  }

  /** No line will follow. */
  get isEnded(): boolean {
    if (this.#isInputEnded && this.#textPosition >= this.#text.length) return true;
    return this.nextBytes >= this.#options.endBytes;
  }

  /** The next bytes of the stream, kept without a copy. Only after `next` answered false. */
  push(bytes: Uint8Array): void {
    assert(
      this.#textPosition >= this.#text.length && !this.#isInputEnded,
      'Bytes were pushed before the lines were taken',
    );
    const rest = this.#isSkipping ? this.#skipLine(bytes) : bytes;
    const lastLineEnd = rest.lastIndexOf(LINE_FEED);
    if (lastLineEnd >= 0) {
      this.#tail.push(rest.subarray(0, lastLineEnd + 1));
      this.#decodeTail();
    }
    if (lastLineEnd + 1 < rest.length) this.#keep(rest.subarray(lastLineEnd + 1));
  }

  /** The stream has ended: what is left is the last line. */
  end(): void {
    assert(this.#textPosition >= this.#text.length, 'The stream was ended before the lines were taken');
    this.#isInputEnded = true;
    if (this.#tailBytes > 0) this.#decodeTail();
  }

  next(): boolean {
    const text = this.#text;
    const start = this.#textPosition;
    if (start >= text.length || this.nextBytes >= this.#options.endBytes || this.isTooLong) return false;
    let stop = text.indexOf('\n', start);
    if (stop < 0) {
      stop = text.length;
      this.#textPosition = stop;
      this.lineEnd = '';
    } else {
      this.#textPosition = stop + 1;
      const hasReturn = stop > start && text.charCodeAt(stop - 1) === CARRIAGE_RETURN;
      if (hasReturn) stop--;
      this.lineEnd = hasReturn ? '\r\n' : '\n';
    }
    const blockStart = this.#blockPosition;
    const blockEnd = this.#isOneUnitPerByte ? this.#textPosition : this.#lineEndInBlock(blockStart);
    this.#blockPosition = blockEnd;
    this.lineStartBytes = this.nextBytes + this.#markBytes;
    this.nextBytes = this.lineStartBytes + blockEnd - blockStart;
    this.#markBytes = 0;
    if (blockEnd - blockStart - this.lineEnd.length > this.#options.maxLineBytes) return this.#tooLong();
    this.line = text.slice(start, stop);
    this.lineCount++;
    this.isInvalid = this.#mayBeInvalid && !this.#isExact(blockStart, blockEnd - this.lineEnd.length);
    return true;
  }

  #isExact(start: number, end: number): boolean {
    return decodedExactly(this.line, this.#block, { start, end }, this.#options.strings);
  }

  #tooLong(): false {
    this.isTooLong = true;
    this.#text = '';
    this.#textPosition = 0;
    this.#tail = [];
    return false;
  }

  #lineEndInBlock(from: number): number {
    const lineEnd = this.#block.indexOf(LINE_FEED, from);
    return lineEnd < 0 ? this.#block.length : lineEnd + 1;
  }

  /** What follows the first line end in `bytes`; nothing if there is none. */
  #skipLine(bytes: Uint8Array): Uint8Array {
    const lineEnd = bytes.indexOf(LINE_FEED);
    const skipped = lineEnd < 0 ? bytes.length : lineEnd + 1;
    this.nextBytes += skipped;
    this.#isSkipping = lineEnd < 0;
    return bytes.subarray(skipped);
  }

  #keep(bytes: Uint8Array): void {
    this.#tail.push(bytes);
    this.#tailBytes += bytes.length;
    const tailStartBytes = this.nextBytes + this.#block.length - this.#blockPosition;
    if (tailStartBytes >= this.#options.endBytes) {
      // Nobody wants that line, however long it is.
      this.#tail = [];
      this.#tailBytes = 0;
    } else if (
      this.#tailBytes > this.#options.maxLineBytes + NOT_COUNTED_MAX &&
      this.#textPosition >= this.#text.length
    ) {
      this.lineStartBytes = this.nextBytes;
      this.#tooLong();
    }
  }

  #decodeTail(): void {
    const { strings, encoding } = this.#options;
    let block = concatBytes(this.#tail);
    this.#tail = [];
    this.#tailBytes = 0;
    if (this.nextBytes === 0 && encoding === 'utf8' && hasByteOrderMark(block)) {
      block = block.subarray(BYTE_ORDER_MARK_BYTES);
      this.#markBytes = BYTE_ORDER_MARK_BYTES;
    }
    this.#block = block;
    this.#blockPosition = 0;
    this.#textPosition = 0;
    this.#text =
      encoding === 'utf8' ? strings.readUtf8(block, 0, block.length) : strings.readLatin1(block, 0, block.length);
    this.#isOneUnitPerByte = this.#text.length === block.length;
    this.#mayBeInvalid = encoding === 'utf8' && this.#text.includes(REPLACEMENT);
  }
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
