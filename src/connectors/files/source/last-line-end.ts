import type { FileHandle, Files } from '../../../base/files.ts';

const LINE_FEED = 10;
const CHUNK_BYTES = 64 * 1024;

/** Just behind the last line end in [fromBytes, toBytes) of a file; `fromBytes` when there is none. Searches from the end. */
export async function lastLineEnd(
  files: Files,
  path: string,
  range: { readonly fromBytes: number; readonly toBytes: number },
): Promise<number> {
  const handle = await files.open(path, 'read');
  try {
    return await search(handle, range.fromBytes, range.toBytes);
  } finally {
    await handle.close();
  }
}

async function search(handle: FileHandle, fromBytes: number, toBytes: number): Promise<number> {
  for (let end = toBytes; end > fromBytes; end -= CHUNK_BYTES) {
    const start = Math.max(fromBytes, end - CHUNK_BYTES);
    const bytes = await handle.read(start, end - start);
    const index = bytes.lastIndexOf(LINE_FEED);
    if (index >= 0) return start + index + 1;
  }
  return fromBytes;
}
