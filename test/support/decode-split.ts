/** Decodes a split of a content in memory, chunk by chunk, as a reader does; for tests of decoders. */
import type { FileSplit } from '../../src/connectors/files/source/file-split.ts';
import { firstByte } from '../../src/connectors/files/source/record-decoder.ts';
import type { RecordFormat } from '../../src/connectors/files/source/record-decoder.ts';
import type { RecordProblem } from '../../src/connectors/files/source/record-place.ts';
import type { TextEncoding } from '../../src/connectors/files/source/line-cutter.ts';
import { testStrings } from './strings.ts';

export interface DecodeOptions<T> {
  readonly format: RecordFormat<T>;
  readonly content: Uint8Array;
  readonly split: FileSplit;
  /** Sizes of the chunks, over and over. */
  readonly chunkSizes: readonly number[];
  readonly encoding?: TextEncoding;
  readonly maxRecordBytes?: number;
  /** Stop, and go on with a fresh decoder from the position, after so many calls of `next`, over and over. */
  readonly restoreEvery?: number;
}

export type Decoded<T> = { readonly value: T | undefined } | { readonly problem: RecordProblem };

export interface DecodedSplit<T> {
  readonly records: readonly Decoded<T>[];
  /** Where the split stood at its end. */
  readonly position: FileSplit;
}

export function decodeSplit<T>(options: DecodeOptions<T>): DecodedSplit<T> {
  const { format, content, chunkSizes, encoding = 'utf8', maxRecordBytes = 1_000_000, restoreEvery } = options;
  const records: Decoded<T>[] = [];
  let { split } = options;
  for (;;) {
    const decoder = format.createDecoder({ split, strings: testStrings, encoding, maxRecordBytes });
    let offset = firstByte(split);
    let isEndPushed = false;
    const before = split.positionBytes;
    for (let calls = 0; ; calls++) {
      // Only at a call that got somewhere: otherwise it would begin at the same place for ever.
      const mayRestore = restoreEvery !== undefined && calls >= restoreEvery && decoder.positionBytes > before;
      if (mayRestore) break;
      const status = decoder.next();
      if (status === 'record') records.push({ value: decoder.value });
      if (status === 'malformed' && decoder.problem !== undefined) records.push({ problem: decoder.problem });
      if (status === 'end') return { records, position: { ...split, ...positionOf(decoder) } };
      if (status !== 'starved') continue;
      if (isEndPushed) throw new Error('The decoder wants bytes behind the end');
      const chunk = content.slice(offset, offset + (chunkSizes[calls % chunkSizes.length] ?? 1));
      offset += chunk.length;
      if (chunk.length > 0) decoder.push(chunk);
      else {
        decoder.end();
        isEndPushed = true;
      }
    }
    split = { ...split, ...positionOf(decoder) };
  }
}

function positionOf(decoder: { readonly positionBytes: number; readonly linesRead: number }): {
  readonly positionBytes: number;
  readonly linesRead: number;
} {
  return { positionBytes: decoder.positionBytes, linesRead: decoder.linesRead };
}

/** A file of that content as one range. */
export function wholeFile(
  content: Uint8Array,
): Omit<FileSplit, 'splitId' | 'positionBytes' | 'linesRead' | 'malformedCount'> {
  return {
    path: '/file',
    sizeBytes: content.length,
    modifiedMs: 1,
    compression: 'none',
    header: undefined,
    startBytes: 0,
    endBytes: content.length,
    linesBefore: 0,
  };
}
