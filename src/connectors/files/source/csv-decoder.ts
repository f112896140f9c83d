import type { CsvFields } from './csv-fields.ts';
import type { CsvRow } from './csv-row.ts';
import type { LineCutter } from './line-cutter.ts';
import { createLineCutter } from './line-decoder.ts';
import { NOT_UTF8, ParseFailure, parseFailure, problemOf } from './parse-failure.ts';
import { recordTooLong } from './record-decoder.ts';
import type { DecodeStatus, DecoderContext, RecordDecoder } from './record-decoder.ts';
import { malformedError } from './record-place.ts';
import type { RecordProblem } from './record-place.ts';

/** A record of which some lines were read: it goes on within quotes. */
interface OpenRecord {
  readonly startBytes: number;
  readonly text: string;
  readonly lastLineEnd: string;
  readonly isInvalid: boolean;
}

/** Records of one or more lines: CSV with line breaks in quoted fields. A file is read from its start, in one split. */
export class CsvDecoder<T> implements RecordDecoder<T> {
  readonly #context: DecoderContext;
  readonly #cutter: LineCutter;
  readonly #fields: CsvFields;
  readonly #row: CsvRow<T>;
  #open: OpenRecord | undefined;
  value: T | undefined;
  problem: RecordProblem | undefined;
  /** Never within a record. */
  positionBytes: number;
  linesRead: number;

  constructor(context: DecoderContext, fields: CsvFields, row: CsvRow<T>) {
    this.#context = context;
    this.#cutter = createLineCutter(context);
    this.#fields = fields;
    this.#row = row;
    this.positionBytes = context.split.positionBytes;
    this.linesRead = context.split.linesRead;
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
      const open = this.#open;
      if (open === undefined && cutter.line === '') {
        this.#advance();
        continue;
      }
      const text = open === undefined ? cutter.line : open.text + open.lastLineEnd + cutter.line;
      const startBytes = open?.startBytes ?? cutter.lineStartBytes;
      const isInvalid = cutter.isInvalid || open?.isInvalid === true;
      try {
        this.#fields.feed(cutter.line, open?.lastLineEnd ?? '');
        if (this.#fields.isOpen) {
          this.#open = { startBytes, text, lastLineEnd: cutter.lineEnd, isInvalid };
          this.#checkLength(startBytes);
          continue;
        }
        if (isInvalid) throw new ParseFailure(NOT_UTF8);
        this.value = this.#row.make(this.#fields.fields, this.#fields.quoted);
      } catch (error) {
        this.problem = problemOf(parseFailure(error), { offset: startBytes, linesBefore: this.linesRead, text });
        this.#advance();
        return 'malformed';
      }
      this.#advance();
      return 'record';
    }
    return this.#atLastLine();
  }

  #atLastLine(): DecodeStatus {
    const cutter = this.#cutter;
    if (cutter.isTooLong) throw this.#tooLong(this.#open?.startBytes ?? cutter.lineStartBytes);
    if (!cutter.isEnded) return 'starved';
    if (this.#open === undefined) return 'end';
    throw malformedError(this.#context.split, {
      offset: this.#open.startBytes,
      linesBefore: this.linesRead,
      text: '',
      error: 'a quoted field is not closed at the end of the file',
    });
  }

  #advance(): void {
    this.#open = undefined;
    this.positionBytes = this.#cutter.nextBytes;
    this.linesRead = this.#context.split.linesRead + this.#cutter.lineCount;
  }

  #checkLength(startBytes: number): void {
    if (this.#cutter.nextBytes - startBytes > this.#context.maxRecordBytes) throw this.#tooLong(startBytes);
  }

  #tooLong(startBytes: number): Error {
    return recordTooLong(this.#context, startBytes, this.linesRead);
  }
}
