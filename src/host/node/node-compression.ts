import { promisify } from 'node:util';
import { constants, crc32, zstdCompress, zstdDecompress } from 'node:zlib';
import type { Checksum, Compression } from '../../base/environment.ts';

/** Level 3: faster than level 1 on row data, and smaller (measured; see docs/decisions). */
const ZSTD_LEVEL = 3;

const compressAsync = promisify(zstdCompress);
const decompressAsync = promisify(zstdDecompress);

/** zstd on libuv's thread pool. */
export const nodeCompression: Compression = {
  compress: (bytes) => compressAsync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } }),
  decompress: (bytes, uncompressedBytes) => decompressAsync(bytes, { maxOutputLength: Math.max(1, uncompressedBytes) }),
};

export const nodeChecksum: Checksum = { crc32: (bytes) => crc32(bytes) };
