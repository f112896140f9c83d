/**
 * Splits CSV records into fields, line by line, so that positions between records are positions between lines. RFC 4180 with a
 * delimiter and a quote of choice: a field that begins with the quote goes to the closing quote, may hold delimiters and line
 * ends, and a doubled quote in it stands for one. A quote anywhere else, or text behind a closing quote, is an error: reading it
 * as a literal would hide a file that was written wrongly.
 */
import { ParseFailure } from './parse-failure.ts';

export interface CsvSyntax {
  readonly delimiter: string;
  readonly quote: string;
}

export class CsvFields {
  /** Fields of the record so far. */
  fields: string[] = [];
  /** Which of them stood in quotes; undefined when none did. */
  quoted: boolean[] | undefined;
  readonly #delimiter: string;
  readonly #quote: string;
  /** What was read of a quoted field that goes on in the next line. */
  #openField: string | undefined;

  constructor(syntax: CsvSyntax) {
    this.#delimiter = syntax.delimiter;
    this.#quote = syntax.quote;
  }

  /** A quoted field goes on in the next line. */
  get isOpen(): boolean {
    return this.#openField !== undefined;
  }

  /** Forgets an open field. */
  reset(): void {
    this.#openField = undefined;
  }

  /**
   * Reads the first line of a record, or its next one while `isOpen`. `lineEnd` is the end of the line before, which is part of
   * an open field. Throws ParseFailure; the next line then begins a new record.
   */
  feed(line: string, lineEnd: string): void {
    let position = 0;
    if (this.#openField !== undefined) {
      position = this.#quotedField(line, 0, this.#openField + lineEnd);
    } else if (!line.includes(this.#quote)) {
      this.fields = line.split(this.#delimiter);
      this.quoted = undefined;
      return;
    } else {
      this.fields = [];
      this.quoted = [];
      position = this.#field(line, 0);
    }
    while (position >= 0) position = this.#field(line, position);
  }

  /** Reads the field at `position`; gives where the next one begins, -1 when there is none. */
  #field(line: string, position: number): number {
    if (line.startsWith(this.#quote, position)) return this.#quotedField(line, position + 1, '');
    const delimiterAt = line.indexOf(this.#delimiter, position);
    const end = delimiterAt < 0 ? line.length : delimiterAt;
    const field = line.slice(position, end);
    if (field.includes(this.#quote)) throw this.#failure('a quote stands inside a field that is not quoted');
    this.#add(field, false);
    return delimiterAt < 0 ? -1 : end + 1;
  }

  /** Reads on within quotes. */
  #quotedField(line: string, position: number, before: string): number {
    let text = before;
    let from = position;
    for (;;) {
      const quoteAt = line.indexOf(this.#quote, from);
      if (quoteAt < 0) {
        this.#openField = text + line.slice(from);
        return -1;
      }
      text += line.slice(from, quoteAt);
      if (!line.startsWith(this.#quote, quoteAt + 1)) return this.#closeField(line, quoteAt + 1, text);
      text += this.#quote;
      from = quoteAt + 2;
    }
  }

  #closeField(line: string, position: number, text: string): number {
    this.#openField = undefined;
    this.#add(text, true);
    if (position === line.length) return -1;
    if (line.startsWith(this.#delimiter, position)) return position + 1;
    throw this.#failure('text follows a closing quote');
  }

  #add(field: string, isQuoted: boolean): void {
    this.fields.push(field);
    this.quoted?.push(isQuoted);
  }

  #failure(message: string): ParseFailure {
    this.#openField = undefined;
    return new ParseFailure(`${message} (field ${this.fields.length + 1})`);
  }
}
