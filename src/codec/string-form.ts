import type { ByteReader } from '../base/byte-reader.ts';
import type { ByteWriter } from '../base/byte-writer.ts';

/** One of the two forms of strings on the wire (wire-format.ts), writing side. */
export interface StringWriter {
  write(writer: ByteWriter, text: string): void;
  /** A place to come back to when a value turns out not to be encodable. */
  mark(): unknown;
  /** Forgets what was written since `mark`; the caller takes the writer back itself. */
  rewind(mark: unknown): void;
}

export interface StringReader {
  read(reader: ByteReader): string;
}
