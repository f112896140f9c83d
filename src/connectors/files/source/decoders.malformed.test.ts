/** Records that cannot be parsed, and inputs in which no next record can be found. */
import { describe, expect, it } from 'vitest';
import { decodeSplit, wholeFile } from '../../../../test/support/decode-split.ts';
import type { Decoded } from '../../../../test/support/decode-split.ts';
import { csvFormat } from './csv-format.ts';
import type { CsvFormatOptions } from './csv-format.ts';
import { splitRange } from './file-split.ts';
import { jsonArrayFormat } from './json-array-format.ts';
import { jsonLinesFormat } from './json-lines-format.ts';
import { guardedParse } from './parse-failure.ts';
import type { RecordFormat } from './record-decoder.ts';
import { malformedError, malformedRecord } from './record-place.ts';
import { textFormat } from './text-format.ts';

const jsonLines = jsonLinesFormat((value) => value);
const jsonArray = jsonArrayFormat((value) => value);

function csv(options: Partial<CsvFormatOptions<unknown>> = {}): RecordFormat<unknown> {
  const defaults = { header: ['a', 'b'], types: undefined, delimiter: ',', quote: '"', multiline: true } as const;
  return csvFormat<unknown>({ ...defaults, convert: (row) => row, ...options });
}

function decode<T>(
  format: RecordFormat<T>,
  content: string | Uint8Array,
  maxRecordBytes: number = 1000,
): readonly Decoded<T>[] {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return splitRange(wholeFile(bytes), 1_000_000).flatMap(
    (split) => decodeSplit({ format, content: bytes, split, chunkSizes: [5], maxRecordBytes }).records,
  );
}

/** What is wrong with the first record that is. */
function problemIn(records: readonly Decoded<unknown>[]): unknown {
  const record = records.find((candidate) => 'problem' in candidate);
  return record !== undefined && 'problem' in record ? record.problem : undefined;
}

describe('JSON Lines', () => {
  it('passes over blank lines and goes on behind a malformed one', () => {
    expect(decode(jsonLines, '1\n\n  \t\n{"a":\n"x"\r\n')).toEqual([
      { value: 1 },
      { problem: { offset: 7, linesBefore: 3, text: '{"a":', error: 'it is not valid JSON' } },
      { value: 'x' },
    ]);
  });

  it('says where JSON breaks, and nothing of what it says', () => {
    const problem = problemIn(decode(jsonLines, '{"secret" "4711"}\n'));
    expect(problem).toMatchObject({ error: 'it is not valid JSON at character 11' });
    expect(problem).not.toHaveProperty('cause');
  });

  it('takes what the parse function throws as the reason', () => {
    const cause = new Error('no id');
    const parsing = jsonLinesFormat(
      guardedParse(() => {
        throw cause;
      }),
    );
    expect(problemIn(decode(parsing, '1'))).toMatchObject({ error: 'the parse function threw: no id', cause });
  });

  it('refuses a parse function that returns a promise', () => {
    const parsing = jsonLinesFormat(guardedParse((value) => Promise.resolve(value)));
    expect(() => decode(parsing, '1')).toThrow(expect.objectContaining({ code: 'PROMISE_NOT_ALLOWED' }));
  });
});

describe('lines', () => {
  const text = textFormat((line) => line);

  it('fails at a line that is too long, wherever its end is, and not at one that just fits', () => {
    expect(decode(text, `${'x'.repeat(20)}\r\n${'y'.repeat(20)}`, 20)).toHaveLength(2);
    for (const content of [`a\n${'x'.repeat(21)}\nb\n`, `a\n${'x'.repeat(21)}`, `a\n${'x'.repeat(500)}`]) {
      expect(() => decode(text, content, 20)).toThrow(
        expect.objectContaining({
          code: 'RECORD_MALFORMED',
          message: "Parsing the record at byte 2 of '/file' failed (line 2): it is longer than 20 B (maxRecordSize)",
        }),
      );
    }
  });

  it('does not hold a long line that the next split owns', () => {
    const content = new TextEncoder().encode(`short\n${'x'.repeat(500)}\n`);
    const [split] = splitRange({ ...wholeFile(content), endBytes: 6 }, 1000);
    if (split === undefined) throw new Error('No split');
    expect(decodeSplit({ format: text, content, split, chunkSizes: [100], maxRecordBytes: 20 }).records).toEqual([
      { value: 'short' },
    ]);
  });
});

describe('CSV', () => {
  it.each([
    ['1,2,3', 'it has 3 fields instead of 2'],
    ['1', 'it has 1 field instead of 2'],
    ['1,x"y"', 'a quote stands inside a field that is not quoted (field 2)'],
    ['"1"x,2', 'text follows a closing quote (field 2)'],
  ])('takes %s as malformed and goes on', (line, error) => {
    for (const multiline of [true, false]) {
      expect(decode(csv({ multiline }), `${line}\n3,4\n`)).toEqual([
        { problem: { offset: 0, linesBefore: 0, text: line, error } },
        { value: { a: '3', b: '4' } },
      ]);
    }
  });

  it('ends a record at the line end when line ends in fields are off', () => {
    expect(decode(csv({ multiline: false }), '1,"2\n3,4\n')).toEqual([
      {
        problem: expect.objectContaining({
          text: '1,"2',
          error: 'a quoted field is not closed at the end of the line',
        }),
      },
      { value: { a: '3', b: '4' } },
    ]);
  });

  it('fails at a quote that is never closed, with the place where its record begins', () => {
    expect(() => decode(csv(), '1,2\n3,"4\n5,6\n')).toThrow(
      expect.objectContaining({
        code: 'RECORD_MALFORMED',
        message:
          "Parsing the record at byte 4 of '/file' failed (line 2): a quoted field is not closed at the end of the file",
      }),
    );
  });

  it('does not read on for ever behind an open quote', () => {
    expect(() => decode(csv(), `1,2\n3,"4\n${'5,6\n'.repeat(100)}`, 50)).toThrow(
      "Parsing the record at byte 4 of '/file' failed (line 2): it is longer than 50 B",
    );
  });

  it('counts the lines of records of several lines', () => {
    expect(problemIn(decode(csv(), '"1\n1",2\n\n"3\n3"\n'))).toEqual({
      offset: 9,
      linesBefore: 3,
      text: '"3\n3"',
      error: 'it has 1 field instead of 2',
    });
  });

  it('takes bytes that are not UTF-8 within a record of several lines as one malformed record', () => {
    const content = Buffer.concat([Buffer.from('"a\n'), Uint8Array.of(0xff), Buffer.from('",b\n1,2')]);
    expect(decode(csv(), content)).toEqual([
      { problem: { offset: 0, linesBefore: 0, text: '"a\n\uFFFD",b', error: 'its bytes are not UTF-8' } },
      { value: { a: '1', b: '2' } },
    ]);
  });

  it('names the column that does not convert', () => {
    expect(problemIn(decode(csv({ types: { b: 'number' } }), '1,x\n'))).toMatchObject({
      error: "column 'b' is not a number",
    });
  });
});

describe('JSON arrays', () => {
  it('goes on behind an element that is not JSON', () => {
    expect(decode(jsonArray, '[1,\n{"a"},,3, 4},]')).toEqual([
      { value: 1 },
      { problem: { offset: 4, linesBefore: 1, text: '{"a"}', error: 'it is not valid JSON at character 5' } },
      { problem: { offset: 10, linesBefore: 1, text: '', error: 'it is not valid JSON' } },
      { value: 3 },
      { problem: { offset: 14, linesBefore: 1, text: '4}', error: 'it is not valid JSON at character 2' } },
      { problem: { offset: 17, linesBefore: 1, text: '', error: 'it is not valid JSON' } },
    ]);
  });

  it.each([
    ['{"a":1}', 0, "the file does not begin with '['"],
    ['[1,2', 4, 'the array is not closed at the end of the file'],
    ['[1]\n,', 4, 'text follows the array'],
    [' ', 1, 'the array is not closed at the end of the file'],
  ])('fails at %s', (content, offset, error) => {
    const attempt = (): unknown => decode(jsonArray, content);
    expect(attempt).toThrow(`Parsing the record at byte ${offset} of '/file' failed`);
    expect(attempt).toThrow(error);
  });

  it('takes two elements without a comma between them as one, which is not JSON', () => {
    expect(decode(jsonArray, '["a" "b", 1]')).toEqual([
      { problem: expect.objectContaining({ offset: 1, text: '"a" "b"' }) },
      { value: 1 },
    ]);
  });

  it('fails at an element that is too long', () => {
    expect(() => decode(jsonArray, `["${'x'.repeat(100)}"]`, 50)).toThrow('at byte 1 of');
  });

  it('takes an empty file as no elements, and passes over a byte order mark', () => {
    expect(decode(jsonArray, '')).toEqual([]);
    expect(decode(jsonArray, '\uFEFF[7]')).toEqual([{ value: 7 }]);
  });
});

describe('the place of a malformed record', () => {
  const [split] = splitRange({ ...wholeFile(new Uint8Array(100)), startBytes: 40, linesBefore: undefined }, 1000);
  const problem = { offset: 50, linesBefore: 3, text: 'secret', error: 'it is bad' };

  it('counts lines from the start of the split where nobody counted those before', () => {
    if (split === undefined) throw new Error('No split');
    expect(malformedRecord(split, problem)).toEqual({
      file: '/file',
      offset: 50,
      line: 4,
      lineCountedFrom: 40,
      text: 'secret',
      error: 'it is bad',
    });
    expect(malformedError(split, problem).message).toBe(
      "Parsing the record at byte 50 of '/file' failed (line 4 counted from byte 40): it is bad",
    );
  });

  it('counts lines from the start of the file behind a header', () => {
    if (split === undefined) throw new Error('No split');
    const behindHeader = { ...split, linesBefore: 1 };
    expect(malformedRecord(behindHeader, problem)).toMatchObject({ line: 5, lineCountedFrom: 0 });
    expect(malformedError(behindHeader, problem).message).toContain('(line 5)');
  });
});
