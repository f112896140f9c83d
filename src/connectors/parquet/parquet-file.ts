/** One open Parquet file: hyparquet's view of a FileHandle, checked to be the file that a split was made of. */
import type { AsyncBuffer, FileMetaData, ParquetParsers } from 'hyparquet';
import { MillraceError, messageOf } from '../../base/errors.ts';
import { fileErrorCode } from '../../base/files.ts';
import type { FileHandle } from '../../base/files.ts';
import type { Hyparquet } from './load-hyparquet.ts';

/** What it takes to read a file: the environment's Files, or Node's in the helper thread. */
export type OpenForReading = (path: string) => Promise<Pick<FileHandle, 'read' | 'stat' | 'close'>>;

export interface FileVersion {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export class ParquetFile {
  readonly buffer: AsyncBuffer;
  readonly #handle: Pick<FileHandle, 'read' | 'close'>;

  private constructor(file: FileVersion, handle: Pick<FileHandle, 'read' | 'close'>) {
    this.#handle = handle;
    this.buffer = {
      byteLength: file.sizeBytes,
      slice: async (start, end = file.sizeBytes) => {
        const bytes = await handle.read(start, end - start);
        if (bytes.length < end - start) throw changed(file.path, `it ends at byte ${start + bytes.length}`);
        return exactBuffer(bytes);
      },
    };
  }

  /** @throws INPUT_NOT_FOUND, INPUT_CHANGED, INPUT_UNREADABLE */
  static async open(openForReading: OpenForReading, file: FileVersion): Promise<ParquetFile> {
    const handle = await openForReading(file.path).catch((error: unknown) => {
      if (fileErrorCode(error) !== 'ENOENT') throw unreadable(file.path, error);
      throw new MillraceError('INPUT_NOT_FOUND', `Reading '${file.path}' failed: there is no such file`, {
        cause: error,
      });
    });
    try {
      const { sizeBytes, modifiedMs } = await handle.stat();
      if (sizeBytes !== file.sizeBytes) throw changed(file.path, `it had ${file.sizeBytes} bytes and has ${sizeBytes}`);
      if (modifiedMs !== file.modifiedMs) throw changed(file.path, 'it was modified');
      return new ParquetFile(file, handle);
    } catch (error) {
      await handle.close();
      throw unreadable(file.path, error);
    }
  }

  /** Rejects with what hyparquet says of a file that is not Parquet. */
  metadata(hyparquet: Hyparquet, parsers: Partial<ParquetParsers>): Promise<FileMetaData> {
    return hyparquet.parquetMetadataAsync(this.buffer, { parsers, geoparquet: false });
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** @returns a MillraceError in every case */
export function unreadable(path: string, cause: unknown): MillraceError {
  if (MillraceError.is(cause)) return cause;
  return new MillraceError('INPUT_UNREADABLE', `Reading '${path}' failed: ${messageOf(cause)}`, { cause });
}

function changed(path: string, how: string): MillraceError {
  return new MillraceError('INPUT_CHANGED', `Reading '${path}' failed: ${how}`);
}

/** hyparquet wants an ArrayBuffer that holds these bytes and nothing else. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength) return buffer;
  return new Uint8Array(bytes).buffer;
}
