/**
 * Parquet files, read with hyparquet (an optional peer dependency), row group by row group. Exactly once: a position is a row
 * within a row group. A file that is changed while it is an input fails the job with INPUT_CHANGED.
 *
 * Values: INT64 and DECIMAL become numbers, or NUMBER_NOT_SAFE names column and row; TIMESTAMP and DATE become Dates, zoneless
 * ones count as UTC, and a part below a millisecond is an error unless `truncate`; nulls stay null; INT96 counts as a timestamp;
 * TIME columns are numbers in their unit. Compression: SNAPPY, GZIP, BROTLI, ZSTD.
 */
import { MillraceError } from '../../base/errors.ts';
import type { EnumeratorContext, ReaderContext, Source, SourceReader, SplitEnumerator } from '../../base/source.ts';
import type { ParquetInput } from './find-splits.ts';
import { ParquetEnumerator } from './parquet-enumerator.ts';
import { ParquetReader } from './parquet-reader.ts';
import type { DecoderKind } from './parquet-decoder.ts';
import type { ParquetSchema } from './parquet-schema.ts';
import { PARQUET_SPLIT_VERSION } from './parquet-split.ts';
import type { ParquetEnumeratorState, ParquetSplit } from './parquet-split.ts';

export interface ParquetOptions<Name extends string = string> {
  /** Drops what is below a millisecond of times, towards the past. Default false: RECORD_MALFORMED. */
  readonly truncate?: boolean;
  /**
   * The files are sorted by the time in this column: row groups are read in its order (by the statistics in the files), readers
   * hold their watermark for those that are not assigned yet, and it is the timestamp of the records.
   */
  readonly ordered?: Name;
  /** Where row groups are decoded: 'thread' in a helper thread (default where there are threads), 'inline' in the slot's. */
  readonly decoder?: DecoderKind;
}

/** Without a schema, types follow the files. */
export interface UntypedParquetOptions extends ParquetOptions {
  /** Columns to read, in this order; default all. */
  readonly columns?: readonly string[];
  /** INT64 and DECIMAL become bigints (a DECIMAL its digits without the point). Default false. */
  readonly bigint?: boolean;
}

export type ParquetRow = Readonly<Record<string, unknown>>;

export class ParquetSource<T> implements Source<T, ParquetSplit, ParquetEnumeratorState> {
  readonly kind = 'parquet';
  readonly boundedness = 'bounded';
  readonly guarantee = 'exactly-once';
  readonly version: number = PARQUET_SPLIT_VERSION;
  readonly #input: ParquetInput;
  readonly #decoder: DecoderKind | undefined;

  private constructor(input: ParquetInput, decoder: DecoderKind | undefined) {
    this.#input = input;
    this.#decoder = decoder;
  }

  /**
   * @param paths files, folders (with all folders in them) or patterns such as 'flights/*.parquet'
   * @throws JOB_DEFINITION_INVALID
   */
  static of<T>(
    schema: ParquetSchema<T>,
    paths: string | readonly string[],
    options?: ParquetOptions<keyof T & string>,
  ): ParquetSource<T>;
  static of(
    schema: undefined,
    paths: string | readonly string[],
    options?: UntypedParquetOptions,
  ): ParquetSource<ParquetRow>;
  static of<T>(
    schema: ParquetSchema<T> | undefined,
    paths: string | readonly string[],
    options: UntypedParquetOptions = {},
  ): ParquetSource<T> {
    const { columns, bigint = false, truncate = false, ordered, decoder } = options;
    const input: ParquetInput = {
      paths: typeof paths === 'string' ? [paths] : paths,
      columns: { schema: schema?.columns, columns, bigint, truncate },
      ordered,
    };
    checkInput(input);
    return new ParquetSource<T>(input, decoder);
  }

  get hasOrderedSplits(): boolean {
    return this.#input.ordered !== undefined;
  }

  identity(): readonly string[] {
    return this.#input.paths;
  }

  createEnumerator(
    context: EnumeratorContext<ParquetSplit>,
    restored: ParquetEnumeratorState | undefined,
  ): SplitEnumerator<ParquetSplit, ParquetEnumeratorState> {
    return new ParquetEnumerator(context, this.#input, restored);
  }

  createReader(context: ReaderContext): SourceReader<T, ParquetSplit> {
    const decoder = this.#decoder ?? (context.environment.helperThreads ? 'thread' : 'inline');
    return new ParquetReader(context, this.#input, decoder);
  }
}

function checkInput({ paths, columns: { schema, columns }, ordered }: ParquetInput): void {
  const names = schema === undefined ? columns : Object.keys(schema);
  if (paths.length === 0 || paths.some((path) => path.trim() === '')) throw invalid('it has no path');
  if (names?.length === 0) throw invalid('it has no columns');
  if (names !== undefined && new Set(names).size < names.length) throw invalid('it names a column twice');
  if (ordered !== undefined && names?.includes(ordered) === false) {
    throw invalid(`it is ordered by column '${ordered}', which it does not read`);
  }
}

function invalid(why: string): MillraceError {
  return new MillraceError('JOB_DEFINITION_INVALID', `Making a Parquet source failed: ${why}`);
}
