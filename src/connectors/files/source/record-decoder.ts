import { formatMemorySize } from '../../../base/duration.ts';
import type { MillraceError } from '../../../base/errors.ts';
import type { StringBytes } from '../../../base/string-bytes.ts';
import type { FileSplit } from './file-split.ts';
import type { TextEncoding } from './line-cutter.ts';
import { malformedError } from './record-place.ts';
import type { RecordProblem } from './record-place.ts';

/** 'starved': `push` more bytes, or call `end` if there are none; 'end': no record of the split will follow. */
export type DecodeStatus = 'record' | 'malformed' | 'starved' | 'end';

/**
 * Makes records of the bytes of one split. Synchronous, and bounded by what was pushed; called by the split's reader alone.
 * Throws RECORD_MALFORMED where no next record can be found any more: a record longer than allowed, a quote that is never closed,
 * a broken array.
 */
export interface RecordDecoder<T> {
  /** Bytes of the uncompressed stream in order, from `firstByte` on. Only after `next` said 'starved'. */
  push(bytes: Uint8Array): void;
  end(): void;
  next(): DecodeStatus;
  /** Set by 'record'. */
  readonly value: T | undefined;
  /** Set by 'malformed'. */
  readonly problem: RecordProblem | undefined;
  /** Just behind what was read: where a restore goes on. */
  readonly positionBytes: number;
  /** Lines of the split read up to there. */
  readonly linesRead: number;
}

export interface DecoderContext {
  readonly split: FileSplit;
  readonly strings: StringBytes;
  readonly encoding: TextEncoding;
  readonly maxRecordBytes: number;
}

/** How a file is made into records. */
export interface RecordFormat<T> {
  /** 'json-lines', 'csv', ... */
  readonly name: string;
  /** True when each record ends at a line end, so that a file can be cut anywhere and read before its last line is finished. */
  readonly isSplittable: boolean;
  /**
   * Present when the first line of each file is no record but names the columns: reads and checks it. Throws SCHEMA_MISMATCH.
   */
  readonly parseHeader: ((line: string, path: string) => readonly string[]) | undefined;
  createDecoder(context: DecoderContext): RecordDecoder<T>;
}

/** The first byte that the decoder of a split wants. A position within the split is the start of a record. */
export function firstByte(split: FileSplit): number {
  return mayStartWithinRecord(split) ? split.positionBytes - 1 : split.positionBytes;
}

/** At its start a split does not know whether the byte before it ended a record: it looks. */
export function mayStartWithinRecord(split: FileSplit): boolean {
  return split.positionBytes === split.startBytes && split.startBytes > 0;
}

export function recordTooLong(context: DecoderContext, offset: number, linesBefore: number): MillraceError {
  const error = `it is longer than ${formatMemorySize(context.maxRecordBytes)} (maxRecordSize)`;
  return malformedError(context.split, { offset, linesBefore, text: '', error });
}
