import { describe, expect, it } from 'vitest';
import { csvFormat } from './csv-format.ts';
import type { CsvFormatOptions } from './csv-format.ts';

function formatOf(options: Partial<CsvFormatOptions<unknown>> = {}): ReturnType<typeof csvFormat<unknown>> {
  const defaults = { header: true, types: undefined, delimiter: ',', quote: '"', multiline: true } as const;
  return csvFormat<unknown>({ ...defaults, convert: (row) => row, ...options });
}

describe('csvFormat', () => {
  it('reads the names of the columns', () => {
    expect(formatOf({ delimiter: ';' }).parseHeader?.('id;"the ""name"""', '/f')).toEqual(['id', 'the "name"']);
  });

  it.each([
    ['a,b,a', "column 'a' is there twice"],
    ['a,__proto__', "a column cannot be named '__proto__'"],
    ['a,"b', 'a quoted field is not closed at the end of the line'],
    ['a,b', "there is no column 'id', 'x'"],
  ])('refuses the header %s', (line, problem) => {
    const format = formatOf({ types: { id: 'number', a: 'string', x: 'date' } });
    expect(() => format.parseHeader?.(line, '/f.csv')).toThrow(
      expect.objectContaining({
        code: 'SCHEMA_MISMATCH',
        message: `Reading the header of '/f.csv' failed: ${problem}`,
      }),
    );
  });

  it.each<Partial<CsvFormatOptions<unknown>>>([
    { delimiter: '' },
    { delimiter: '||' },
    { delimiter: '\n' },
    { delimiter: '"' },
    { quote: '' },
    { header: ['a', 'a'] },
    { header: ['a'], types: { b: 'string' } },
  ])('refuses the definition %j', (options) => {
    expect(() => formatOf(options)).toThrow(expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }));
  });

  it('is read in splits only without line ends in fields', () => {
    expect([formatOf({ multiline: true }).isSplittable, formatOf({ multiline: false }).isSplittable]).toEqual([
      false,
      true,
    ]);
  });
});
