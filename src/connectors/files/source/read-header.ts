import type { Environment } from '../../../base/environment.ts';
import { MillraceError } from '../../../base/errors.ts';
import { openByteStream } from './byte-stream.ts';
import type { ByteStream } from './byte-stream.ts';
import type { FileRange } from './file-split.ts';
import { LineCutter } from './line-cutter.ts';
import type { TextEncoding } from './line-cutter.ts';

export interface HeaderLine {
  readonly line: string;
  /** Where the line behind it begins. */
  readonly endBytes: number;
}

export interface HeaderOptions {
  readonly environment: Environment;
  readonly file: FileRange;
  readonly encoding: TextEncoding;
  readonly maxLineBytes: number;
  readonly mayGrow: boolean;
}

/** The first line of a file; undefined when the file is empty. Throws SCHEMA_MISMATCH when it is no line of text. */
export async function readHeader(options: HeaderOptions): Promise<HeaderLine | undefined> {
  const { environment, file, mayGrow } = options;
  const stream = await openByteStream({ environment, file, fromBytes: 0, mayGrow });
  try {
    return await firstLine(stream, options);
  } finally {
    await stream.close();
  }
}

async function firstLine(
  stream: ByteStream,
  { environment, file, encoding, maxLineBytes }: HeaderOptions,
): Promise<HeaderLine | undefined> {
  const cutter = new LineCutter({
    strings: environment.strings,
    encoding,
    fromBytes: 0,
    endBytes: Number.POSITIVE_INFINITY,
    skipsFirstLine: false,
    maxLineBytes,
  });
  while (!cutter.next()) {
    if (cutter.isTooLong) throw mismatch(file, 'the first line is longer than a record may be');
    if (cutter.isEnded) return undefined;
    const chunk = await stream.read();
    if (chunk === undefined) cutter.end();
    else cutter.push(chunk);
  }
  if (cutter.isInvalid) throw mismatch(file, 'its bytes are not UTF-8');
  return { line: cutter.line, endBytes: cutter.nextBytes };
}

function mismatch(file: FileRange, problem: string): MillraceError {
  return new MillraceError('SCHEMA_MISMATCH', `Reading the header of '${file.path}' failed: ${problem}`);
}
