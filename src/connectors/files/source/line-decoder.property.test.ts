/**
 * Byte-range splits of lines: whatever the content, the split size, the chunks in which bytes arrive and the places where a
 * reader is restored, the splits give the lines of a plain split of the whole content, each once, in order, with their offsets.
 * Contents are drawn from pieces that matter: line ends, returns, characters of 1 to 4 bytes, bytes that are not UTF-8.
 */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { decodeSplit, wholeFile } from '../../../../test/support/decode-split.ts';
import type { Decoded } from '../../../../test/support/decode-split.ts';
import { splitRange } from './file-split.ts';
import { textFormat } from './text-format.ts';

const encoder = new TextEncoder();
const format = textFormat((line) => line);

const pieces: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('\n', '\r\n', '\r', '\n\n').map((text) => encoder.encode(text)) },
  { weight: 6, arbitrary: fc.string({ maxLength: 6, unit: 'grapheme' }).map((text) => encoder.encode(text)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('ü', '€', '😀', '\uFFFD', '\uFEFF', 'plain').map((text) => encoder.encode(text)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom([0xff], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xc3]).map((bytes) => Uint8Array.from(bytes)),
  },
);

const contents: fc.Arbitrary<Uint8Array> = fc
  .array(pieces, { maxLength: 25 })
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

interface Line {
  readonly text: string;
  readonly offset: number;
  readonly isValid: boolean;
}

/** The obvious way, a byte at a time. */
function plainLines(content: Uint8Array): readonly Line[] {
  const hasMark = content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf;
  const lines: Line[] = [];
  let start = hasMark ? 3 : 0;
  for (let index = start; index <= content.length; index++) {
    if (index < content.length && content[index] !== 10) continue;
    if (index === content.length && index === start) break;
    const hasReturn = index < content.length && index > start && content[index - 1] === 13;
    const bytes = content.subarray(start, hasReturn ? index - 1 : index);
    const isValid = !throws(() => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    lines.push({ text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), offset: start, isValid });
    start = index + 1;
  }
  return lines;
}

function throws(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}

function expectedOf({ text, offset, isValid }: Line): unknown {
  return isValid ? { value: text } : { problem: { offset, text, error: 'its bytes are not UTF-8' } };
}

function withoutLineNumber(decoded: Decoded<string>): unknown {
  if (!('problem' in decoded)) return decoded;
  const { offset, text, error } = decoded.problem;
  return { problem: { offset, text, error } };
}

describe('LineDecoder over byte-range splits', () => {
  it('gives the lines of a plain split, however files, chunks and restores fall', () => {
    fc.assert(
      fc.property(
        contents,
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
        fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
        (content, splitSize, chunkSizes, restoreEvery) => {
          const options = { format, content, chunkSizes, ...(restoreEvery === undefined ? {} : { restoreEvery }) };
          const records = splitRange(wholeFile(content), splitSize).flatMap(
            (split) => decodeSplit({ ...options, split }).records,
          );
          expect(records.map(withoutLineNumber)).toEqual(plainLines(content).map(expectedOf));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('numbers lines from the start of the file in the first split', () => {
    fc.assert(
      fc.property(
        contents,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        (content, chunk, restoreEvery) => {
          const failing = textFormat<string>(() => {
            throw new Error('not called for lines that are not UTF-8');
          });
          const lines = plainLines(content);
          const [split] = splitRange(wholeFile(content), 1_000_000);
          if (split === undefined || lines.length === 0 || lines.some(({ isValid }) => isValid)) return;
          const { records, position } = decodeSplit({
            format: failing,
            content,
            split,
            chunkSizes: [chunk],
            restoreEvery,
          });
          expect(records.map((record) => 'problem' in record && record.problem.linesBefore)).toEqual([...lines.keys()]);
          expect(position.linesRead).toBe(lines.length);
          expect(position.positionBytes).toBe(content.length);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('reads latin1 byte by byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (content, chunk) => {
        const [split] = splitRange(wholeFile(content), 1_000_000);
        if (split === undefined) return;
        const { records } = decodeSplit({ format, content, split, chunkSizes: [chunk], encoding: 'latin1' });
        const text = Buffer.from(content).toString('latin1');
        const expected = text === '' ? [] : text.replace(/\n$/, '').split(/\r?\n/);
        expect(records).toEqual(expected.map((value) => ({ value })));
      }),
    );
  });
});
