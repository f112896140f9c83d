import { LineCutter } from './line-cutter.ts';
import { NOT_UTF8, ParseFailure, parseFailure, problemOf } from './parse-failure.ts';
import { firstByte, mayStartWithinRecord, recordTooLong } from './record-decoder.ts';
import type { DecodeStatus, DecoderContext, RecordDecoder } from './record-decoder.ts';
import type { RecordProblem } from './record-place.ts';

/** What a line parser returns for a line that is no record. */
export const NO_RECORD: unique symbol = Symbol('no record');

/** Makes a value of a line; throws ParseFailure when it cannot. */
export type LineParser<T> = (line: string) => T | typeof NO_RECORD;

export function createLineCutter(context: DecoderContext): LineCutter {
  const { split, strings, encoding, maxRecordBytes } = context;
  return new LineCutter({
    strings,
    encoding,
    fromBytes: firstByte(split),
    endBytes: split.endBytes,
    skipsFirstLine: mayStartWithinRecord(split),
    maxLineBytes: maxRecordBytes,
  });
}

/** One record a line: JSON Lines, plain text, CSV without line breaks in fields. */
export class LineDecoder<T> implements RecordDecoder<T> {
  readonly #context: DecoderContext;
  readonly #cutter: LineCutter;
  readonly #parse: LineParser<T>;
  value: T | undefined;
  problem: RecordProblem | undefined;

  constructor(context: DecoderContext, parse: LineParser<T>) {
    this.#context = context;
    this.#cutter = createLineCutter(context);
    this.#parse = parse;
  }

  get positionBytes(): number {
    return this.#cutter.isAligned ? this.#cutter.nextBytes : this.#context.split.positionBytes;
  }

  get linesRead(): number {
    return this.#context.split.linesRead + this.#cutter.lineCount;
  }

  push(bytes: Uint8Array): void {
    this.#cutter.push(bytes);
  }

  end(): void {
    this.#cutter.end();
  }

  next(): DecodeStatus {
    const cutter = this.#cutter;
    while (cutter.next()) {
      if (cutter.isInvalid) return this.#malformed(new ParseFailure(NOT_UTF8));
      let value: T | typeof NO_RECORD;
      try {
        value = this.#parse(cutter.line);
      } catch (error) {
        return this.#malformed(parseFailure(error));
      }
      if (value !== NO_RECORD) {
        this.value = value;
        return 'record';
      }
    }
    if (cutter.isTooLong) throw recordTooLong(this.#context, cutter.lineStartBytes, this.linesRead);
    return cutter.isEnded ? 'end' : 'starved';
  }

  #malformed(failure: ParseFailure): 'malformed' {
    const cutter = this.#cutter;
    this.problem = problemOf(failure, {
      offset: cutter.lineStartBytes,
      linesBefore: this.linesRead - 1,
      text: cutter.line,
    });
    return 'malformed';
  }
}
