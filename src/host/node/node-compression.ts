import { promisify } from 'node:util';
import { constants, crc32, zstdCompress, zstdDecompress } from 'node:zlib';
import type { Checksum, Compression } from '../../base/environment.ts';

/** Takes a third of the time of level 3 for a few percent more bytes: the blocks of state are mostly numbers and short texts. */
const ZSTD_LEVEL = 1;
/** Node's least is 64. */
const CHUNK_BYTES_LEAST = 1024;

const compressAsync = promisify(zstdCompress);
const decompressAsync = promisify(zstdDecompress);

/** zstd on libuv's thread pool. */
export const nodeCompression: Compression = {
  compress: (bytes) =>
    compressAsync(bytes, {
      params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL },
      // zstd sizes its tables by it, and the result fits into one piece.
      pledgedSrcSize: bytes.length,
      chunkSize: Math.max(CHUNK_BYTES_LEAST, bytes.length),
    }),
  decompress: (bytes, uncompressedBytes) => decompressAsync(bytes, { maxOutputLength: Math.max(1, uncompressedBytes) }),
};

export const nodeChecksum: Checksum = { crc32: (bytes) => crc32(bytes) };
