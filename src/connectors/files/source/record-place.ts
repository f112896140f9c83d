import { MillraceError } from '../../../base/errors.ts';
import type { FileSplit } from './file-split.ts';

/** A record that cannot be parsed, as it goes to the side output. */
export interface MalformedRecord {
  readonly file: string;
  /** Byte of the uncompressed file where the record begins. */
  readonly offset: number;
  /** 1 for the first line after `lineCountedFrom`. */
  readonly line: number;
  /** 0 where lines are counted from the start of the file, else the byte where the split begins. */
  readonly lineCountedFrom: number;
  /** The record as it stands in the file; bytes that are not of the encoding are replaced by U+FFFD. */
  readonly text: string;
  readonly error: string;
}

/** What a decoder knows about a record that it cannot parse. */
export interface RecordProblem {
  readonly offset: number;
  /** Lines of the split before the record. */
  readonly linesBefore: number;
  readonly text: string;
  readonly error: string;
  readonly cause?: unknown;
}

export function malformedRecord(split: FileSplit, problem: RecordProblem): MalformedRecord {
  const { offset, linesBefore, text, error } = problem;
  const line = (split.linesBefore ?? 0) + linesBefore + 1;
  const lineCountedFrom = split.linesBefore === undefined ? split.startBytes : 0;
  return { file: split.path, offset, line, lineCountedFrom, text, error };
}

/** The error that fails the job. The record's content is not part of it. */
export function malformedError(split: FileSplit, problem: RecordProblem): MillraceError {
  const { offset, line, lineCountedFrom, error } = malformedRecord(split, problem);
  const place = lineCountedFrom === 0 ? `line ${line}` : `line ${line} counted from byte ${lineCountedFrom}`;
  return new MillraceError(
    'RECORD_MALFORMED',
    `Parsing the record at byte ${offset} of '${split.path}' failed (${place}): ${error}`,
    problem.cause === undefined ? {} : { cause: problem.cause },
  );
}
