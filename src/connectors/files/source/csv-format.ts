import { MillraceError } from '../../../base/errors.ts';
import { must } from '../../../base/assert.ts';
import { CsvDecoder } from './csv-decoder.ts';
import { CsvFields } from './csv-fields.ts';
import type { CsvSyntax } from './csv-fields.ts';
import { CsvRow, checkColumns } from './csv-row.ts';
import type { CsvTypes } from './csv-types.ts';
import { LineDecoder, NO_RECORD } from './line-decoder.ts';
import { ParseFailure } from './parse-failure.ts';
import type { RecordFormat } from './record-decoder.ts';

export interface CsvFormatOptions<T> extends CsvSyntax {
  /** true: the first line of each file names the columns; else their names. */
  readonly header: true | readonly string[];
  readonly types: CsvTypes | undefined;
  readonly multiline: boolean;
  readonly convert: (row: Readonly<Record<string, unknown>>) => T;
}

/** @throws JOB_DEFINITION_INVALID */
export function csvFormat<T>(options: CsvFormatOptions<T>): RecordFormat<T> {
  checkSyntax(options);
  const { header, types, multiline, convert } = options;
  if (header !== true) checkGivenColumns(header, types);
  return {
    name: 'csv',
    isSplittable: !multiline,
    parseHeader: header === true ? (line, path) => parseHeader(options, line, path) : undefined,
    createDecoder: (context) => {
      const names = header === true ? must(context.split.header, 'header of a CSV split') : header;
      const row = new CsvRow(names, types, convert);
      const fields = new CsvFields(options);
      if (multiline) return new CsvDecoder(context, fields, row);
      return new LineDecoder(context, (line) => {
        if (line === '') return NO_RECORD;
        feedWholeRecord(fields, line);
        return row.make(fields.fields, fields.quoted);
      });
    },
  };
}

/** A header of one line. */
function parseHeader(options: CsvFormatOptions<unknown>, line: string, path: string): readonly string[] {
  const fields = new CsvFields(options);
  try {
    feedWholeRecord(fields, line);
  } catch (error) {
    if (!(error instanceof ParseFailure)) throw error;
    throw new MillraceError('SCHEMA_MISMATCH', `Reading the header of '${path}' failed: ${error.message}`);
  }
  checkColumns(fields.fields, options.types, path);
  return fields.fields;
}

function feedWholeRecord(fields: CsvFields, line: string): void {
  fields.feed(line, '');
  if (!fields.isOpen) return;
  fields.reset();
  throw new ParseFailure('a quoted field is not closed at the end of the line');
}

function checkGivenColumns(names: readonly string[], types: CsvTypes | undefined): void {
  try {
    checkColumns(names, types, 'header');
  } catch (error) {
    if (MillraceError.is(error)) throw new MillraceError('JOB_DEFINITION_INVALID', error.message);
    throw error;
  }
}

function checkSyntax({ delimiter, quote }: CsvSyntax): void {
  const isCharacter = (text: string): boolean => text.length === 1 && text !== '\n' && text !== '\r';
  if (isCharacter(delimiter) && isCharacter(quote) && delimiter !== quote) return;
  throw new MillraceError(
    'JOB_DEFINITION_INVALID',
    `Reading CSV with delimiter '${delimiter}' and quote '${quote}' failed: they must be two different characters and no line ends`,
  );
}
