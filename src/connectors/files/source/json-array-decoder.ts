/**
 * Cuts one JSON array into its elements, without holding more than one of them:
 *
 *   start ──[──▶ first ──element──▶ separator ──,──▶ element ──element──▶ separator ──]──▶ done
 *                  └──────────────────────]───────────────────────────────────────────────┘
 *
 * A position behind 0 is always that of a separator, so a restore goes on there. The scan knows only strings and
 * nesting; whether an element is JSON is JSON.parse's matter, so one that is not can go to the side if its end is found.
 */
import type { MillraceError } from '../../../base/errors.ts';
import { concatBytes } from './concat-bytes.ts';
import { decodedExactly } from './decoded-exactly.ts';
import { NOT_UTF8, ParseFailure, parseFailure, parseJson, problemOf } from './parse-failure.ts';
import { recordTooLong } from './record-decoder.ts';
import type { DecodeStatus, DecoderContext, RecordDecoder } from './record-decoder.ts';
import { malformedError } from './record-place.ts';
import type { RecordProblem } from './record-place.ts';

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];
const NO_BYTES: Uint8Array = new Uint8Array(0);

type State = 'start' | 'first' | 'element' | 'separator' | 'done';

export class JsonArrayDecoder<T> implements RecordDecoder<T> {
  readonly #context: DecoderContext;
  readonly #convert: (value: unknown) => T;
  #state: State;
  /** Bytes that are not used up: at most the beginning of one element and one pushed chunk. */
  #bytes: Uint8Array = NO_BYTES;
  #index = 0;
  /** Offset in the stream of `#bytes[0]`. */
  #baseBytes: number;
  #lineFeeds: number;
  #isInputEnded = false;
  /** The element being scanned: where it starts in `#bytes` (-1: none), and what the scan has seen of it. */
  #elementStart = -1;
  #elementLineFeeds = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  value: T | undefined;
  problem: RecordProblem | undefined;
  positionBytes: number;
  linesRead: number;

  constructor(context: DecoderContext, convert: (value: unknown) => T) {
    const { positionBytes, linesRead } = context.split;
    this.#context = context;
    this.#convert = convert;
    this.#state = positionBytes === 0 ? 'start' : 'separator';
    this.#baseBytes = positionBytes;
    this.#lineFeeds = linesRead;
    this.positionBytes = positionBytes;
    this.linesRead = linesRead;
  }

  push(bytes: Uint8Array): void {
    const keptFrom = this.#elementStart < 0 ? this.#index : this.#elementStart;
    const kept = this.#bytes.subarray(keptFrom);
    this.#bytes = kept.length === 0 ? bytes : concatBytes([kept, bytes]);
    this.#baseBytes += keptFrom;
    this.#index -= keptFrom;
    if (this.#elementStart >= 0) this.#elementStart = 0;
  }

  end(): void {
    this.#isInputEnded = true;
  }

  next(): DecodeStatus {
    if (this.#elementStart >= 0 || this.#findElement()) {
      if (this.#scanElement()) return this.#takeElement();
      this.#checkLength(this.#index);
    }
    if (!this.#isInputEnded) return 'starved';
    const isEmptyFile = this.#state === 'start' && this.#baseBytes + this.#index === 0;
    if (this.#state === 'done' || isEmptyFile) return 'end';
    throw this.#broken('the array is not closed at the end of the file');
  }

  /** Moves to the first byte of the next element; false when the bytes are used up. */
  #findElement(): boolean {
    for (; this.#index < this.#bytes.length; this.#index++) {
      const byte = this.#bytes[this.#index] ?? 0;
      if (byte === LINE_FEED) this.#lineFeeds++;
      if (isWhiteSpace(byte) || this.#isByteOrderMark(byte)) continue;
      if (this.#beginsElement(byte)) {
        this.#elementStart = this.#index;
        this.#elementLineFeeds = this.#lineFeeds;
        return true;
      }
    }
    return false;
  }

  #isByteOrderMark(byte: number): boolean {
    return this.#state === 'start' && BYTE_ORDER_MARK[this.#baseBytes + this.#index] === byte;
  }

  /** One byte between elements; moves the state. */
  #beginsElement(byte: number): boolean {
    switch (this.#state) {
      case 'start':
        if (byte !== OPEN_BRACKET) throw this.#broken(`the file does not begin with '['`);
        this.#state = 'first';
        return false;
      case 'first':
        if (byte !== CLOSE_BRACKET) return true;
        this.#state = 'done';
        return false;
      case 'element':
        return true;
      case 'separator':
        if (byte !== COMMA && byte !== CLOSE_BRACKET) throw this.#broken(`there is no ',' or ']' behind an element`);
        this.#state = byte === COMMA ? 'element' : 'done';
        return false;
      case 'done':
        throw this.#broken('text follows the array');
    }
  }

  /** Moves behind the element; false when its end is not there yet. */
  #scanElement(): boolean {
    const bytes = this.#bytes;
    let index = this.#index;
    for (; index < bytes.length; index++) {
      const byte = bytes[index] ?? 0;
      if (byte === LINE_FEED) this.#lineFeeds++;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isInString = false;
      } else if (byte === QUOTE) {
        this.#isInString = true;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        this.#depth++;
      } else if (this.#depth === 0 && (byte === COMMA || byte === CLOSE_BRACKET)) {
        break;
      } else if (this.#depth > 0 && (byte === CLOSE_BRACE || byte === CLOSE_BRACKET)) {
        this.#depth--;
      }
    }
    this.#index = index;
    return index < bytes.length;
  }

  #takeElement(): DecodeStatus {
    const { strings } = this.#context;
    const start = this.#elementStart;
    let end = this.#index;
    while (end > start && isWhiteSpace(this.#bytes[end - 1] ?? 0)) end--;
    this.#checkLength(end);
    const offset = this.#baseBytes + start;
    this.#elementStart = -1;
    this.#depth = 0;
    this.#state = 'separator';
    this.positionBytes = this.#baseBytes + this.#index;
    this.linesRead = this.#lineFeeds;
    const text = strings.readUtf8(this.#bytes, start, end);
    try {
      if (!decodedExactly(text, this.#bytes, { start, end }, strings)) throw new ParseFailure(NOT_UTF8);
      this.value = this.#convert(parseJson(text));
      return 'record';
    } catch (error) {
      this.problem = problemOf(parseFailure(error), { offset, linesBefore: this.#elementLineFeeds, text });
      return 'malformed';
    }
  }

  #checkLength(end: number): void {
    if (end - this.#elementStart <= this.#context.maxRecordBytes) return;
    throw recordTooLong(this.#context, this.#baseBytes + this.#elementStart, this.#elementLineFeeds);
  }

  #broken(error: string): MillraceError {
    const offset = this.#baseBytes + this.#index;
    return malformedError(this.#context.split, { offset, linesBefore: this.#lineFeeds, text: '', error });
  }
}

function isWhiteSpace(byte: number): boolean {
  return byte === 0x20 || byte === LINE_FEED || byte === 0x0d || byte === 0x09;
}
