/**
 * A byte range of one input file with the position in it. The form is persisted in checkpoints: see FILE_SPLIT_VERSION.
 *
 * Offsets count bytes of the UNCOMPRESSED stream. A split owns the records that START in [startBytes, endBytes): a reader that
 * does not begin at the file's start first skips to the first record that starts at or after startBytes, and it reads the last
 * record to its end, past endBytes.
 */
import type { CompressionKind } from '../../../base/environment.ts';
import type { SourceSplit } from '../../../base/source.ts';

/** 1: first version. */
export const FILE_SPLIT_VERSION = 1;

export interface FileSplit extends SourceSplit {
  readonly path: string;
  readonly startBytes: number;
  /** Infinity for compressed files, whose uncompressed size is not known. */
  readonly endBytes: number;
  /** Where the next record is to be read: startBytes at first, then just behind the last record that was emitted. */
  readonly positionBytes: number;
  /** Lines between startBytes and positionBytes that belong to the split; for messages. */
  readonly linesRead: number;
  /** Lines of the file before startBytes; undefined where nobody counted them. */
  readonly linesBefore: number | undefined;
  /** Records of this split that went to the side because they could not be parsed. */
  readonly malformedCount: number;
  /** Size of the file as it lies on disk, and its time, when the split was made: another one means that it was changed. */
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly compression: CompressionKind | 'none';
  /** Names of the columns, as the file's first record gives them. */
  readonly header: readonly string[] | undefined;
}

/** A file as it was found, with the range of it that is to be read. */
export interface FileRange {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly compression: CompressionKind | 'none';
  readonly header: readonly string[] | undefined;
  readonly startBytes: number;
  readonly endBytes: number;
  readonly linesBefore: number | undefined;
}

/** The order of assignment: by path, then by offset. Paths compare by UTF-16 units, the same everywhere. */
export function compareSplits(a: FileSplit, b: FileSplit): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.startBytes - b.startBytes;
}

/** Cuts a range into splits of about `splitSizeBytes` (Infinity: one); the last one is up to a tenth larger rather than tiny. */
export function splitRange(range: FileRange, splitSizeBytes: number): readonly FileSplit[] {
  const { startBytes, endBytes, ...file } = range;
  const cuts: number[] = [];
  if (Number.isFinite(endBytes)) {
    for (let cut = startBytes + splitSizeBytes; cut + splitSizeBytes / 10 < endBytes; cut += splitSizeBytes)
      cuts.push(cut);
  }
  return [startBytes, ...cuts].map((start, index) => ({
    ...file,
    splitId: `${range.path}#${start}@${range.modifiedMs}`,
    startBytes: start,
    endBytes: cuts[index] ?? endBytes,
    positionBytes: start,
    linesRead: 0,
    linesBefore: index === 0 ? range.linesBefore : undefined,
    malformedCount: 0,
  }));
}
