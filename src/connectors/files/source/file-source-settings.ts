import { parseDuration, parseMemorySize } from '../../../base/duration.ts';
import type { Duration } from '../../../base/duration.ts';
import type { CompressionKind } from '../../../base/environment.ts';
import { MillraceError } from '../../../base/errors.ts';
import { relativePattern } from './glob-pattern.ts';
import type { RelativePattern } from './glob-pattern.ts';
import type { TextEncoding } from './line-cutter.ts';
import type { RecordFormat } from './record-decoder.ts';

const DEFAULT_SPLIT_SIZE = '16 mb';
const DEFAULT_MAX_RECORD_SIZE = '16 mb';

/** Options of every file source. */
export interface FileSourceOptions {
  /**
   * How often to look for new files and new lines; the source is then unbounded. Files that are watched may only grow by whole
   * lines or appear; a last line without line end is left until it is finished. Compressed files, JSON arrays and CSV with
   * `multiline` are taken as they are found: they must be moved into the folder whole. Without: the files are read once.
   */
  readonly watch?: Duration;
  /** About how many bytes one subtask reads at a time; default '16 mb'. Only files of lines that are not compressed are split. */
  readonly splitSize?: number | string;
  /** The longest record that is allowed, default '16 mb'; a longer one fails the job with RECORD_MALFORMED. */
  readonly maxRecordSize?: number | string;
  /** Patterns of the files of a folder to read; default all. Without '/' they are held against the name, else against the path below the folder. */
  readonly include?: string | readonly string[];
  readonly exclude?: string | readonly string[];
  /** Default 'auto': by the ending .gz, .gzip, .zst or .zstd. */
  readonly compression?: 'auto' | 'none' | CompressionKind;
  /** Default 'utf8', where bytes that are not UTF-8 make a record malformed. */
  readonly encoding?: TextEncoding;
  /**
   * Where records go that cannot be parsed, as MalformedRecord, and how many of them each split (a file, or a piece of about
   * `splitSize`) may have before the job fails with RECORD_MALFORMED. Default: the first one fails the job.
   */
  readonly malformed?: { readonly to: { readonly id: string }; readonly limit: number };
}

/** The options with defaults, checked. */
export interface FileSourceSettings<T> {
  readonly format: RecordFormat<T>;
  readonly paths: readonly string[];
  /** undefined: bounded. */
  readonly watchIntervalMs: number | undefined;
  readonly splitSizeBytes: number;
  readonly maxRecordBytes: number;
  readonly include: readonly RelativePattern[];
  readonly exclude: readonly RelativePattern[];
  readonly compression: 'auto' | 'none' | CompressionKind;
  readonly encoding: TextEncoding;
  readonly malformed: { readonly tagId: string; readonly limit: number } | undefined;
}

/** @throws JOB_DEFINITION_INVALID */
export function fileSourceSettings<T>(
  format: RecordFormat<T>,
  paths: string | readonly string[],
  options: FileSourceOptions,
): FileSourceSettings<T> {
  const pathList = listOf(paths);
  if (pathList.length === 0 || pathList.includes(''))
    throw invalid('paths', 'there must be one, and none may be empty');
  const { malformed } = options;
  if (malformed !== undefined && !(Number.isSafeInteger(malformed.limit) && malformed.limit >= 0)) {
    throw invalid('malformed.limit', 'it must be a whole number of records');
  }
  return {
    format,
    paths: pathList,
    watchIntervalMs: options.watch === undefined ? undefined : watchInterval(options.watch),
    splitSizeBytes: size('splitSize', options.splitSize ?? DEFAULT_SPLIT_SIZE),
    maxRecordBytes: size('maxRecordSize', options.maxRecordSize ?? DEFAULT_MAX_RECORD_SIZE),
    include: listOf(options.include ?? []).map(relativePattern),
    exclude: listOf(options.exclude ?? []).map(relativePattern),
    compression: options.compression ?? 'auto',
    encoding: options.encoding ?? 'utf8',
    malformed: malformed === undefined ? undefined : { tagId: malformed.to.id, limit: malformed.limit },
  };
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function watchInterval(watch: Duration): number {
  const intervalMs = parseDuration(watch);
  if (intervalMs === undefined || intervalMs < 1)
    throw invalid('watch', `'${watch}' is not a duration of at least 1 ms`);
  return intervalMs;
}

function size(name: string, value: number | string): number {
  const bytes = parseMemorySize(value);
  if (bytes === undefined || bytes < 1) throw invalid(name, `'${value}' is not a size such as '16 mb'`);
  return bytes;
}

function invalid(name: string, problem: string): MillraceError {
  return new MillraceError('JOB_DEFINITION_INVALID', `Making a file source failed at '${name}': ${problem}`);
}
