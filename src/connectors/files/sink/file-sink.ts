import { MillraceError } from '../../../base/errors.ts';
import type { RedistributionMode } from '../../../base/state-handle.ts';
import type {
  CommitterContext,
  Sink,
  SinkCheckContext,
  SinkPrepareContext,
  WriterContext,
} from '../../../base/sink.ts';
import type { BucketAssigner } from './bucket-path.ts';
import { CsvFormat } from './csv-format.ts';
import type { CsvOptions } from './csv-format.ts';
import { FileSinkCommitter } from './file-sink-committer.ts';
import type { FileCommittable, FileWriterState } from './file-sink-state.ts';
import { FileSinkWriter } from './file-sink-writer.ts';
import type { FileSinkSettings } from './file-sink-writer.ts';
import { JsonLinesFormat } from './json-lines-format.ts';
import { checkNameParts } from './output-file-names.ts';
import { checkOutput, prepareOutput } from './prepare-output.ts';
import { rollingPolicy } from './rolling-policy.ts';
import type { RollingOptions } from './rolling-policy.ts';
import { textFormat } from './row-format.ts';
import type { RowFormat } from './row-format.ts';

export interface FileSinkOptions<T> {
  /**
   * 'exactly-once' (default): a file gets its final name when the checkpoint that covers it is complete. 'at-least-once': when
   * it is rolled; after a failure records come twice. Without checkpoints exactly-once shows nothing before the end of input.
   */
  readonly guarantee?: 'exactly-once' | 'at-least-once';
  readonly rolling?: RollingOptions;
  /** Sub folder for each value; everything goes to the folder itself without. */
  readonly bucket?: BucketAssigner<T>;
  /** Beginning of final file names; default 'part'. */
  readonly prefix?: string;
  /** End of final file names; default '.jsonl', '.csv' or '.txt', with '.zst' when compressed. */
  readonly suffix?: string;
  /** 'zstd': files are rolled at every checkpoint. Default 'none'. */
  readonly compression?: 'none' | 'zstd';
}

/**
 * Writes text files into a folder, as Flink's FileSink with row formats does. Files are complete and durable before they are
 * seen under a name of the form <prefix>-<run>-<sink>-s<subtask>-e<epoch>-a<attempt>-c<counter><suffix>; until then they have
 * hidden names in the same folder.
 */
export class FileSink<T> implements Sink<T, FileWriterState, FileCommittable> {
  readonly kind = 'files';
  readonly guarantee: 'exactly-once' | 'at-least-once';
  readonly writerStateMode: RedistributionMode = 'union';
  readonly #makeSettings: () => FileSinkSettings<T>;
  readonly #folder: string;

  private constructor(folder: string, makeFormat: () => RowFormat<T>, options: FileSinkOptions<T>) {
    const isCompressed = options.compression === 'zstd';
    const suffix = options.suffix ?? `${makeFormat().suffix}${isCompressed ? '.zst' : ''}`;
    const prefix = options.prefix ?? 'part';
    const rolling = rollingPolicy(options.rolling ?? {}, isCompressed);
    checkNameParts(prefix, suffix);
    this.#folder = checkFolder(folder);
    this.guarantee = options.guarantee ?? 'exactly-once';
    // Formats may remember what they have seen: each writer has its own.
    this.#makeSettings = () => ({
      folder: this.#folder,
      format: makeFormat(),
      guarantee: this.guarantee,
      rolling,
      bucket: options.bucket,
      prefix,
      suffix,
      isCompressed,
    });
  }

  /**
   * One JSON text a line, as JSON.stringify writes it, and bigints as numbers with all digits.
   * @throws JOB_DEFINITION_INVALID
   */
  static jsonLines<T>(folder: string, options: FileSinkOptions<T> = {}): FileSink<T> {
    return new FileSink(folder, () => new JsonLinesFormat<T>(), options);
  }

  /**
   * CSV with the quoting of RFC 4180; nulls are empty fields, empty strings are "".
   * @throws JOB_DEFINITION_INVALID
   */
  static csv<T>(folder: string, options: FileSinkOptions<T> & CsvOptions<T>): FileSink<T> {
    return new FileSink(folder, () => new CsvFormat<T>(options), options);
  }

  /**
   * Each string as a line.
   * @throws JOB_DEFINITION_INVALID
   */
  static text(folder: string, options: FileSinkOptions<string> = {}): FileSink<string> {
    return new FileSink(folder, () => textFormat, options);
  }

  identity(): readonly string[] {
    return [this.#folder];
  }

  check(context: SinkCheckContext): Promise<void> {
    return checkOutput(this.#folder, context);
  }

  prepare(context: SinkPrepareContext): Promise<void> {
    return prepareOutput(this.#folder, context);
  }

  createWriter(context: WriterContext, restored: readonly FileWriterState[]): FileSinkWriter<T> {
    return new FileSinkWriter(this.#makeSettings(), context, restored);
  }

  createCommitter(context: CommitterContext): FileSinkCommitter {
    return new FileSinkCommitter(this.#folder, context);
  }
}

function checkFolder(folder: string): string {
  if (folder.trim() === '')
    throw new MillraceError('JOB_DEFINITION_INVALID', 'Making a file sink failed: the folder is empty');
  return folder.length > 1 && folder.endsWith('/') ? folder.slice(0, -1) : folder;
}
