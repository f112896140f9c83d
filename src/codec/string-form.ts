import type { ByteReader } from '../base/byte-reader.ts';
import type { ByteWriter } from '../base/byte-writer.ts';

/** The two forms of strings on the wire (wire-format.ts). */
export type StringForm = 'inline' | 'gathered';

export interface StringWriter {
  readonly form: StringForm;
  write(writer: ByteWriter, text: string): void;
  /** A place to come back to when a value turns out not to be encodable. */
  mark(): unknown;
  /** Forgets what was written since `mark`; the caller takes the writer back itself. */
  rewind(mark: unknown): void;
}

export interface StringReader {
  readonly form: StringForm;
  read(reader: ByteReader): string;
}
