/**
 * CSV: what a writer by RFC 4180 wrote is read back field by field, whatever the fields hold (quotes, delimiters, line ends of
 * both kinds), however the bytes arrive and wherever a reader is restored. Without line ends in fields the same holds for any
 * byte-range splits.
 */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { decodeSplit, wholeFile } from '../../../../test/support/decode-split.ts';
import { CsvFormat } from '../sink/csv-format.ts';
import { csvFormat } from './csv-format.ts';
import { splitRange } from './file-split.ts';
import type { FileSplit } from './file-split.ts';
import type { RecordFormat } from './record-decoder.ts';

interface Syntax {
  readonly delimiter: string;
  readonly quote: string;
  readonly lineEnd: string;
}

const syntaxes: fc.Arbitrary<Syntax> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t'),
  quote: fc.constantFrom('"', "'"),
  lineEnd: fc.constantFrom('\n', '\r\n'),
});

const cells: fc.Arbitrary<string> = fc
  .array(fc.constantFrom('"', "'", ',', ';', '\t', '\n', '\r\n', 'a', 'ü', '😀', ' '), { maxLength: 5 })
  .map((parts) => parts.join(''));

const COLUMNS = ['one', 'two', 'three'] as const;
const rowsOf = (cell: fc.Arbitrary<string>): fc.Arbitrary<string[][]> =>
  fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 });

/** `isQuoted` says for each field whether quotes are put where they are not needed. */
function write(rows: readonly (readonly string[])[], { delimiter, quote, lineEnd }: Syntax, isQuoted: boolean): string {
  const field = (text: string): string => {
    const isNeeded = text.includes(quote) || text.includes(delimiter) || /[\r\n]/.test(text);
    return isNeeded || isQuoted ? quote + text.replaceAll(quote, quote + quote) + quote : text;
  };
  return rows.map((row) => row.map(field).join(delimiter) + lineEnd).join('');
}

function formatOf(syntax: Syntax, multiline: boolean): RecordFormat<readonly unknown[]> {
  const convert = (row: Readonly<Record<string, unknown>>): readonly unknown[] => COLUMNS.map((name) => row[name]);
  return csvFormat({ ...syntax, header: COLUMNS, types: undefined, multiline, convert });
}

function onlySplit(content: Uint8Array): FileSplit {
  const [split] = splitRange(wholeFile(content), Number.MAX_SAFE_INTEGER);
  if (split === undefined) throw new Error('No split');
  return split;
}

describe('csvFormat', () => {
  it('reads fields with line ends back', () => {
    fc.assert(
      fc.property(
        rowsOf(cells),
        syntaxes,
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
        fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
        (rows, syntax, isQuoted, chunkSizes, restoreEvery) => {
          const content = new TextEncoder().encode(write(rows, syntax, isQuoted));
          const { records, position } = decodeSplit({
            format: formatOf(syntax, true),
            content,
            split: onlySplit(content),
            chunkSizes,
            ...(restoreEvery === undefined ? {} : { restoreEvery }),
          });
          expect(records).toEqual(rows.map((value) => ({ value })));
          expect(position.positionBytes).toBe(content.length);
          expect(position.linesRead).toBe(Buffer.from(content).toString().split('\n').length - 1);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('reads fields without line ends back over any splits', () => {
    fc.assert(
      fc.property(
        rowsOf(cells.map((text) => text.replace(/[\r\n]/g, ''))),
        syntaxes,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 9 }),
        (rows, syntax, splitSize, chunkSize) => {
          const content = new TextEncoder().encode(write(rows, syntax, false));
          const format = formatOf(syntax, false);
          const records = splitRange(wholeFile(content), splitSize).flatMap(
            (split) => decodeSplit({ format, content, split, chunkSizes: [chunkSize] }).records,
          );
          expect(records).toEqual(rows.map((value) => ({ value })));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('reads what the file sink writes, null and empty text apart', () => {
    const nullable = fc.option(cells);
    fc.assert(
      fc.property(fc.array(fc.record({ one: nullable, two: nullable }), { maxLength: 6 }), (rows) => {
        const sink = new CsvFormat<{ one: string | null; two: string | null }>({
          columns: ['one', 'two'],
          header: false,
        });
        const content = new TextEncoder().encode(rows.map((row) => sink.format(row)).join(''));
        const format = csvFormat({
          header: ['one', 'two'],
          types: { one: 'string?', two: 'string?' },
          delimiter: ',',
          quote: '"',
          multiline: true,
          convert: (row) => row,
        });
        const { records } = decodeSplit({ format, content, split: onlySplit(content), chunkSizes: [7] });
        expect(records).toEqual(rows.map((value) => ({ value: { ...value } })));
      }),
    );
  });
});
