import { describe, expect, it } from 'vitest';
import { csvConverter } from './csv-types.ts';
import type { CsvType } from './csv-types.ts';
import { ParseFailure } from './parse-failure.ts';

function convert(type: CsvType, field: string, isQuoted: boolean = false): unknown {
  const converter = csvConverter(type);
  return converter === undefined ? field : converter(field, isQuoted);
}

describe('csvConverter', () => {
  it.each<[CsvType, string, unknown]>([
    ['string', '', ''],
    ['number', '-1.5e3', -1500],
    ['number', '+.5', 0.5],
    ['number', '7.', 7],
    ['number?', '', null],
    ['number?', '0', 0],
    ['bigint', '-9007199254740993', -9007199254740993n],
    ['bigint', '+1', 1n],
    ['bigint?', '', null],
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['boolean?', '', null],
    ['date', '2001-02-03', new Date(Date.UTC(2001, 1, 3))],
    ['date', '2001-02-03 04:05', new Date(Date.UTC(2001, 1, 3, 4, 5))],
    ['date', '2001-02-03T04:05:06.789000Z', new Date(Date.UTC(2001, 1, 3, 4, 5, 6, 789))],
    ['date', '2001-02-03T04:05:06.7', new Date(Date.UTC(2001, 1, 3, 4, 5, 6, 700))],
    ['date', '2001-02-03T04:05:06+0130', new Date(Date.UTC(2001, 1, 3, 2, 35, 6))],
    ['date', '2001-02-03T04:05:06-01:30', new Date(Date.UTC(2001, 1, 3, 5, 35, 6))],
    ['date?', '', null],
  ])('makes %s of %j', (type, field, expected) => {
    expect(convert(type, field)).toEqual(expected);
  });

  it.each<[CsvType, string]>([
    ['number', ''],
    ['number', ' 1'],
    ['number', '0x10'],
    ['number', 'NaN'],
    ['number', '1e999'],
    ['number?', 'x'],
    ['bigint', '1.0'],
    ['bigint', ''],
    ['boolean', 'TRUE'],
    ['date', ''],
    ['date', '3/2/2001'],
    ['date', '2001-02-30'],
    ['date', '2001-13-01'],
    ['date', '2001-02-03T04:05:06.7891'],
    ['date', '2001-02-03T25:00'],
  ])('takes %s of %j as an error', (type, field) => {
    expect(() => convert(type, field)).toThrow(ParseFailure);
  });

  it('tells an empty text in quotes from none', () => {
    expect(convert('string?', '', false)).toBeNull();
    expect(convert('string?', '', true)).toBe('');
    expect(convert('string?', 'x', false)).toBe('x');
  });

  it('does not depend on the time zone of the machine', () => {
    expect(convert('date', '2001-07-03T04:05')).toEqual(convert('date', '2001-07-03T04:05Z'));
  });
});
