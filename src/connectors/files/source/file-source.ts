/**
 * Files of records: JSON Lines, CSV, plain text and JSON arrays, plain or compressed by gzip or zstd.
 *
 * Exactly once: a position is the byte offset, in the uncompressed file, behind the last record that was emitted. A file that
 * is changed while it is an input fails the job with INPUT_CHANGED. Records keep their order within a file that is one split;
 * `splitSize` says how large files are divided among the subtasks.
 */
import type { EnumeratorContext, ReaderContext, Source, SourceReader, SplitEnumerator } from '../../../base/source.ts';
import { csvFormat } from './csv-format.ts';
import type { CsvTypes, CsvValue } from './csv-types.ts';
import { fileSourceSettings } from './file-source-settings.ts';
import type { FileSourceOptions, FileSourceSettings } from './file-source-settings.ts';
import { FileSourceReader } from './file-source-reader.ts';
import { FileSplitEnumerator } from './file-split-enumerator.ts';
import type { FileEnumeratorState } from './file-split-enumerator.ts';
import { FILE_SPLIT_VERSION } from './file-split.ts';
import type { FileSplit } from './file-split.ts';
import { jsonArrayFormat } from './json-array-format.ts';
import { jsonLinesFormat } from './json-lines-format.ts';
import { guardedParse } from './parse-failure.ts';
import type { RecordFormat } from './record-decoder.ts';
import { textFormat } from './text-format.ts';

/** One or more files, folders (with all folders in them) or patterns such as 'logs/app-*.jsonl'. */
export type InputPaths = string | readonly string[];

/** Checks or changes each value: what it returns is the record, and what it throws makes the record malformed. */
export interface ParseOption<In, T> {
  readonly parse: (value: In) => T;
}

export interface CsvSourceOptions<
  Header extends CsvHeader = CsvHeader,
  Types extends CsvTypes | undefined = CsvTypes | undefined,
> extends FileSourceOptions {
  /** true (default): the first line of each file names the columns; else their names, and the first line is a record. */
  readonly header?: Header;
  /** The columns that are wanted and what their text becomes. Without: all columns, as text. */
  readonly types?: Types;
  /** One character; default ','. */
  readonly delimiter?: string;
  /** One character; default '"'. Within quotes it is doubled. */
  readonly quote?: string;
  /** Whether quoted fields may hold line ends, default true. With false large files are divided, and an open quote ends its record. */
  readonly multiline?: boolean;
}

export type CsvHeader = true | readonly string[];

/** The record of a CSV source without `parse`. */
export type CsvRecord<Header extends CsvHeader, Types extends CsvTypes | undefined> = Types extends CsvTypes
  ? { -readonly [Name in keyof Types]: CsvValue<Types[Name]> }
  : Header extends readonly string[]
    ? Record<Header[number], string>
    : Record<string, string>;

export class FileSource<T> implements Source<T, FileSplit, FileEnumeratorState> {
  readonly kind = 'files';
  readonly guarantee = 'exactly-once';
  /** Files say nothing of the time of their records before they are read. */
  readonly hasOrderedSplits = false;
  readonly version: number = FILE_SPLIT_VERSION;
  readonly #settings: FileSourceSettings<T>;

  private constructor(format: RecordFormat<T>, paths: InputPaths, options: FileSourceOptions) {
    this.#settings = fileSourceSettings(format, paths, options);
  }

  /**
   * One JSON value a line; blank lines are passed over. Without `parse`, T is what the job says it is and nobody checks it.
   * @throws JOB_DEFINITION_INVALID, as the other ones do
   */
  static jsonLines<T>(paths: InputPaths, options: FileSourceOptions & ParseOption<unknown, T>): FileSource<T>;
  static jsonLines<T = unknown>(paths: InputPaths, options?: FileSourceOptions): FileSource<T>;
  static jsonLines<T>(
    paths: InputPaths,
    options: FileSourceOptions & Partial<ParseOption<unknown, T>> = {},
  ): FileSource<T> {
    return new FileSource(jsonLinesFormat(converterOf(options.parse)), paths, options);
  }

  /** One array of JSON values a file, read element by element. */
  static jsonArray<T>(paths: InputPaths, options: FileSourceOptions & ParseOption<unknown, T>): FileSource<T>;
  static jsonArray<T = unknown>(paths: InputPaths, options?: FileSourceOptions): FileSource<T>;
  static jsonArray<T>(
    paths: InputPaths,
    options: FileSourceOptions & Partial<ParseOption<unknown, T>> = {},
  ): FileSource<T> {
    return new FileSource(jsonArrayFormat(converterOf(options.parse)), paths, options);
  }

  /** Each line without its line end (\n or \r\n), empty ones too. */
  static text<T>(paths: InputPaths, options: FileSourceOptions & ParseOption<string, T>): FileSource<T>;
  static text(paths: InputPaths, options?: FileSourceOptions): FileSource<string>;
  static text<T>(paths: InputPaths, options: FileSourceOptions & Partial<ParseOption<string, T>> = {}): FileSource<T> {
    return new FileSource(textFormat(converterOf(options.parse)), paths, options);
  }

  /** CSV as in RFC 4180; empty lines are passed over, a record with too few or too many fields is malformed. */
  static csv<T, const Header extends CsvHeader = true, const Types extends CsvTypes | undefined = undefined>(
    paths: InputPaths,
    options: CsvSourceOptions<Header, Types> & ParseOption<CsvRecord<Header, Types>, T>,
  ): FileSource<T>;
  static csv<const Header extends CsvHeader = true, const Types extends CsvTypes | undefined = undefined>(
    paths: InputPaths,
    options?: CsvSourceOptions<Header, Types>,
  ): FileSource<CsvRecord<Header, Types>>;
  static csv<T>(paths: InputPaths, options: CsvSourceOptions & Partial<ParseOption<never, T>> = {}): FileSource<T> {
    const { header = true, types, delimiter = ',', quote = '"', multiline = true, parse } = options;
    const format = csvFormat({ header, types, delimiter, quote, multiline, convert: converterOf(parse) });
    return new FileSource(format, paths, options);
  }

  get boundedness(): 'bounded' | 'unbounded' {
    return this.#settings.watchIntervalMs === undefined ? 'bounded' : 'unbounded';
  }

  identity(): readonly string[] {
    return this.#settings.paths;
  }

  createEnumerator(
    context: EnumeratorContext<FileSplit>,
    restored: FileEnumeratorState | undefined,
  ): SplitEnumerator<FileSplit, FileEnumeratorState> {
    return new FileSplitEnumerator(context, this.#settings, restored);
  }

  createReader(context: ReaderContext): SourceReader<T, FileSplit> {
    return new FileSourceReader(context, this.#settings);
  }
}

/**
 * What a format does with each value it has read. Without `parse` the value is the record: the overloads of FileSource see to it
 * that T is the type of what the format makes, or, for JSON, what the job claims it to be.
 */
function converterOf<In, T>(parse: ((value: In) => T) | undefined): (value: unknown) => T {
  if (parse === undefined) return (value) => value as T;
  return guardedParse(parse as (value: unknown) => T);
}
