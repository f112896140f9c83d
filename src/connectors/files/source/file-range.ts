import { must } from '../../../base/assert.ts';
import type { CompressionKind, Environment } from '../../../base/environment.ts';
import { MillraceError, messageOf } from '../../../base/errors.ts';
import { fileErrorCode } from '../../../base/files.ts';
import type { FileSourceSettings } from './file-source-settings.ts';
import type { FileRange } from './file-split.ts';
import { lastLineEnd } from './last-line-end.ts';
import { readHeader } from './read-header.ts';
import type { ChangedFile } from './watched-files.ts';

const COMPRESSION_BY_ENDING: ReadonlyMap<string, CompressionKind> = new Map([
  ['gz', 'gzip'],
  ['gzip', 'gzip'],
  ['zst', 'zstd'],
  ['zstd', 'zstd'],
]);

export function compressionOf(settings: FileSourceSettings<unknown>, path: string): CompressionKind | 'none' {
  if (settings.compression !== 'auto') return settings.compression;
  return COMPRESSION_BY_ENDING.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase()) ?? 'none';
}

/** True for a file that is one split and is read when it is found, even while it is watched. */
export function isTakenWhole(settings: FileSourceSettings<unknown>, path: string): boolean {
  return !settings.format.isSplittable || compressionOf(settings, path) !== 'none';
}

/**
 * What is to be read of a file behind `assignedBytes`: all, or, while it is watched, the lines that are finished. undefined when
 * that is nothing. Reads the header of files that have one. Throws INPUT_UNREADABLE, INPUT_NOT_FOUND, SCHEMA_MISMATCH.
 */
export async function newRangeOf(
  environment: Environment,
  settings: FileSourceSettings<unknown>,
  file: ChangedFile,
): Promise<FileRange | undefined> {
  const compression = compressionOf(settings, file.path);
  const isWatchedByLines = settings.watchIntervalMs !== undefined && !isTakenWhole(settings, file.path);
  const { assignedBytes, ...found } = file;
  const range: FileRange = {
    ...found,
    compression,
    header: undefined,
    startBytes: assignedBytes,
    endBytes: compression === 'none' ? file.sizeBytes : Number.POSITIVE_INFINITY,
    linesBefore: assignedBytes === 0 ? 0 : undefined,
  };
  const finished = isWatchedByLines ? { ...range, endBytes: await finishedBytes(environment, file) } : range;
  if (file.sizeBytes === 0 || finished.startBytes >= finished.endBytes) return undefined;
  return settings.format.parseHeader === undefined ? finished : withHeader(environment, settings, finished);
}

async function finishedBytes(environment: Environment, file: ChangedFile): Promise<number> {
  const range = { fromBytes: file.assignedBytes, toBytes: file.sizeBytes };
  try {
    return await lastLineEnd(environment.files, file.path, range);
  } catch (error) {
    const code = fileErrorCode(error);
    const message = `Reading '${file.path}' failed: ${code ?? messageOf(error)}`;
    throw new MillraceError(code === 'ENOENT' ? 'INPUT_NOT_FOUND' : 'INPUT_UNREADABLE', message, { cause: error });
  }
}

async function withHeader(
  environment: Environment,
  settings: FileSourceSettings<unknown>,
  range: FileRange,
): Promise<FileRange | undefined> {
  const parseHeader = must(settings.format.parseHeader, 'parser of headers');
  const header = await readHeader({
    environment,
    file: range,
    encoding: settings.encoding,
    maxLineBytes: settings.maxRecordBytes,
    mayGrow: settings.watchIntervalMs !== undefined,
  });
  if (header === undefined) return undefined;
  const names = parseHeader(header.line, range.path);
  if (range.startBytes > 0) return { ...range, header: names };
  if (header.endBytes >= range.endBytes) return undefined;
  return { ...range, header: names, startBytes: header.endBytes, linesBefore: 1 };
}
