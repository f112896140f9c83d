import { describe, expect, it } from 'vitest';
import { CsvFormat } from './csv-format.ts';
import { JsonLinesFormat } from './json-lines-format.ts';
import { textFormat } from './row-format.ts';

describe('JsonLinesFormat', () => {
  const line = (value: unknown): string => new JsonLinesFormat<unknown>().format(value);

  it('writes what JSON.stringify writes, in one line', () => {
    expect(line({ a: 'x\ny', b: undefined, c: Number.NaN, d: new Date(0) })).toBe(
      '{"a":"x\\ny","c":null,"d":"1970-01-01T00:00:00.000Z"}\n',
    );
  });

  it('writes a bigint with all digits, before and after it has met the first', () => {
    const format = new JsonLinesFormat<unknown>();
    expect(format.format({ n: 9007199254740993n })).toBe('{"n":9007199254740993}\n');
    expect(format.format({ n: 1, m: [2n] })).toBe('{"n":1,"m":[2]}\n');
  });

  it('writes null for a value without JSON text', () => {
    expect(line(undefined)).toBe('null\n');
  });

  it('fails for a cycle, and again for the next one', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    const format = new JsonLinesFormat<unknown>();
    expect(() => format.format(cycle)).toThrow(TypeError);
    expect(() => format.format(cycle)).toThrow(TypeError);
    expect(format.format(1)).toBe('1\n');
  });
});

describe('CsvFormat', () => {
  interface Row {
    readonly a?: unknown;
    readonly b?: unknown;
  }
  const line = (row: Row, delimiter?: string): string =>
    new CsvFormat<Row>({ columns: ['a', 'b'], ...(delimiter === undefined ? {} : { delimiter }) }).format(row);

  it('writes the header in the order of the columns, unless told not to', () => {
    expect(new CsvFormat<Row>({ columns: ['b', 'a'] }).header).toBe('b,a\n');
    expect(new CsvFormat<Row>({ columns: ['b', 'a'], header: false }).header).toBe('');
  });

  it.each<[string, Row]>([
    ['"x,y",1', { a: 'x,y', b: 1 }],
    ['"say ""no""",true', { a: 'say "no"', b: true }],
    ['"two\nlines","cr\r"', { a: 'two\nlines', b: 'cr\r' }],
    [',""', { a: null, b: '' }],
    [',5', { b: 5n }],
    ['1970-01-01T00:00:00.000Z,', { a: new Date(0), b: new Date(Number.NaN) }],
    ['"{""n"":1}","[1,2]"', { a: { n: 1n }, b: [1, 2] }],
  ])('writes %s', (expected, row) => {
    expect(line(row)).toBe(`${expected}\n`);
  });

  it('quotes the chosen delimiter and not the comma', () => {
    expect(line({ a: 'x,y', b: 'x;y' }, ';')).toBe('x,y;"x;y"\n');
    expect(line({ a: 'x]y', b: 'x\\y' }, ']')).toBe('"x]y"]x\\y\n');
  });

  it.each([{ columns: [] }, { columns: ['a' as const], delimiter: '"' }, { columns: ['a' as const], delimiter: '::' }])(
    'refuses %j',
    (options) => {
      expect(() => new CsvFormat<Row>(options)).toThrow(expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }));
    },
  );
});

describe('textFormat', () => {
  it('adds the line end', () => {
    expect(textFormat.format('x')).toBe('x\n');
  });
});
